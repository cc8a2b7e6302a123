//! What every store has to do. A store more is a line more in `contract!`.

mod audit;
mod health;
mod history;
mod inbox;
mod menus;
mod receipts;
mod sessions;

/// Writes something into every table.
#[cfg(all(feature = "postgres", unix))]
pub(super) async fn fill(place: &super::support::Place) {
    sessions::rows_are_listed_by_prefix_and_key(place).await;
    sessions::a_row_comes_back_as_it_was_committed(place).await;
    audit::a_mark_changes_only_from_what_was_expected(place).await;
    health::a_bench_comes_back_as_it_was(place).await;
    receipts::what_receipts_count_can_be_summed_up_by_everything(place).await;
    menus::a_menu_comes_back_as_it_was(place).await;
    history::utterances_come_back_in_order(place).await;
    inbox::what_is_received_waits_in_its_order(place).await;
    inbox::notes_are_kept_by_name(place).await;
}

/// Makes one test of each function, over each store.
macro_rules! contract {
    ($($part:ident: $($name:ident),+;)+) => {
        mod memory {
            $($(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    super::$part::$name(&crate::store::support::Place::memory()).await;
                }
            )+)+
        }
        mod sqlite {
            $($(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    super::$part::$name(&crate::store::support::Place::sqlite()).await;
                }
            )+)+
        }
        #[cfg(all(feature = "postgres", unix))]
        mod postgres {
            $($(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    // Where there is no server that is said aloud.
                    let Some(place) = crate::store::support::Place::postgres() else { return };
                    super::$part::$name(&place).await;
                }
            )+)+
        }
    };
}

contract! {
    sessions: a_row_comes_back_as_it_was_committed, every_commit_raises_the_revision_by_one,
        a_stale_revision_is_a_conflict_that_shows_the_row, a_new_row_over_an_old_one_is_a_conflict,
        a_row_that_is_not_there_is_a_conflict_too, rows_are_listed_by_prefix_and_key,
        of_two_writers_one_wins, no_step_of_many_writers_is_lost, what_one_store_commits_all_see_at_once;
    audit: rows_come_back_in_order_and_are_whole, a_row_is_written_with_its_change_or_not_at_all,
        of_many_writers_each_row_has_its_place, a_mark_changes_only_from_what_was_expected;
    health: a_bench_comes_back_as_it_was, an_update_sees_what_was_there, none_takes_the_bench_away,
        scopes_do_not_mix, no_strike_of_many_writers_is_lost, an_update_that_panics_changes_nothing;
    receipts: the_last_receipt_is_the_one_recorded_last, receipts_of_sessions_do_not_mix,
        the_latest_come_first_whatever_session_they_are_of, what_receipts_count_can_be_summed_up_by_everything;
    menus: a_menu_comes_back_as_it_was, expired_menus_go_when_another_is_shown,
        the_last_menu_and_the_last_with_numbers_stay, the_last_numbered_is_the_one_saved_last;
    history: utterances_come_back_in_order, no_more_than_asked_for_and_the_latest_of_them,
        no_more_is_kept_than_asked_for, conversations_and_sessions_do_not_mix, a_new_conversation_ends_the_earlier_ones,
        nothing_is_kept_of_none, the_last_utterance_is_the_latest;
    inbox: what_is_received_waits_in_its_order, nothing_is_received_twice, what_was_dealt_with_waits_no_longer,
        what_was_never_kept_is_known_when_it_was_dealt_with, a_number_that_was_dealt_with_long_ago_is_new,
        no_more_are_remembered_than_need_be, notes_are_kept_by_name;
}
