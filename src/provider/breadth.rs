//! How far a rate limit reaches.

/// The windows of a subscription that hold for all of its models. Others (`seven_day_opus`) are about one.
const OF_THE_ACCOUNT: [&str; 2] = ["five_hour", "seven_day"];

/// Whether a rate limit is the whole account's, as the provider says it in a typed header; `header` looks one up by its
/// lower-case name.
///
/// Anthropic's subscriptions have windows for everything and windows for a model, and say which one it was. Where nobody
/// says so, a limit is taken to be the model's, as limits mostly are: too narrow costs one request for each model, too
/// wide keeps a model out that would have answered.
pub(crate) fn is_of_account(header: &dyn Fn(&str) -> Option<String>) -> bool {
    let unified = |name: &str| header(&format!("anthropic-ratelimit-unified-{name}"));
    if let Some(claim) = unified("representative-claim") {
        return OF_THE_ACCOUNT.contains(&claim.trim());
    }
    ["5h-status", "7d-status"]
        .into_iter()
        .any(|window| unified(window).is_some_and(|status| status.trim().eq_ignore_ascii_case("rejected")))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::is_of_account;

    #[rstest]
    #[case::five_hours(&[("representative-claim", "five_hour"), ("status", "rejected")], true)]
    #[case::a_week(&[("representative-claim", "seven_day")], true)]
    #[case::a_week_of_one_model(&[("representative-claim", "seven_day_opus"), ("7d-status", "rejected")], false)]
    #[case::paid_extra(&[("representative-claim", "overage"), ("5h-status", "rejected")], false)]
    #[case::by_its_window(&[("5h-status", "Rejected "), ("7d-status", "allowed")], true)]
    #[case::windows_with_room(&[("5h-status", "allowed_warning"), ("7d-status", "allowed")], false)]
    #[case::somewhere(&[("status", "rejected")], false)]
    #[case::nothing(&[], false)]
    fn only_what_says_so_is_the_accounts(#[case] headers: &[(&str, &str)], #[case] expected: bool) {
        let header = |name: &str| {
            let own = name.strip_prefix("anthropic-ratelimit-unified-")?;
            headers.iter().find(|(known, _)| *known == own).map(|(_, value)| (*value).to_owned())
        };
        assert_eq!(is_of_account(&header), expected);
    }
}
