//! The menus.

use modelpin::menu::{Menu, MenuEntry, MenuId};

use crate::store::support::{Place, ann, at, key};

fn menu(id: &str, peer: &str, shown: i64, numbered: bool) -> Menu {
    let entry = |number: u32| MenuEntry {
        label: format!("Opus {number}"),
        command: "/model anthropic/claude-opus-4-6".to_owned(),
        number: numbered.then_some(number),
        list: numbered.then(|| "Model".to_owned()),
        current: number == 2,
    };
    Menu {
        id: id_of(id),
        session: key(peer),
        actor: ann(),
        entries: vec![entry(1), entry(2)],
        shown: at(shown),
        expires: at(shown + 60),
    }
}

fn id_of(id: &str) -> MenuId {
    MenuId(id.to_owned())
}

pub(super) async fn a_menu_comes_back_as_it_was(place: &Place) {
    let store = place.open();
    for numbered in [true, false] {
        let shown = menu("aaaaaaaaaaaaaaaa", "42", 1000, numbered);
        store.save_menu(shown.clone()).await.unwrap();
        assert_eq!(place.open().menu(&shown.id).await.unwrap(), Some(shown));
    }
    assert_eq!(store.menu(&id_of("bbbbbbbbbbbbbbbb")).await.unwrap(), None);
    assert_eq!(store.last_numbered(&key("42")).await.unwrap(), None, "saved again, without numbers");
}

pub(super) async fn expired_menus_go_when_another_is_shown(place: &Place) {
    let store = place.open();
    store.save_menu(menu("first", "42", 1000, true)).await.unwrap();
    store.save_menu(menu("second", "42", 1030, true)).await.unwrap();
    assert!(store.menu(&id_of("first")).await.unwrap().is_some(), "not expired yet");
    store.save_menu(menu("elsewhere", "43", 1060, true)).await.unwrap();
    assert!(store.menu(&id_of("first")).await.unwrap().is_some(), "it ends then, not before");
    store.save_menu(menu("elsewhere2", "43", 1061, true)).await.unwrap();
    assert!(store.menu(&id_of("first")).await.unwrap().is_none(), "expired, and not the last of its session");
    store.save_menu(menu("much later", "44", 9999, true)).await.unwrap();
    assert!(store.menu(&id_of("second")).await.unwrap().is_some(), "expired, and the last of its session");
    assert!(store.menu(&id_of("elsewhere")).await.unwrap().is_none());
    assert!(store.menu(&id_of("elsewhere2")).await.unwrap().is_some());
}

pub(super) async fn the_last_menu_and_the_last_with_numbers_stay(place: &Place) {
    let store = place.open();
    store.save_menu(menu("numbers", "42", 1000, true)).await.unwrap();
    store.save_menu(menu("plain", "42", 1001, false)).await.unwrap();
    store.save_menu(menu("plain2", "42", 1002, false)).await.unwrap();
    store.save_menu(menu("much later", "43", 9999, true)).await.unwrap();
    assert!(store.menu(&id_of("plain")).await.unwrap().is_none());
    assert!(store.menu(&id_of("plain2")).await.unwrap().is_some());
    let last = store.last_numbered(&key("42")).await.unwrap();
    assert_eq!(last, Some(menu("numbers", "42", 1000, true)), "`/model 2` outlives the buttons");
}

pub(super) async fn the_last_numbered_is_the_one_saved_last(place: &Place) {
    let (store, other) = (place.open(), place.open());
    assert_eq!(store.last_numbered(&key("42")).await.unwrap(), None);
    for id in ["a", "b", "a"] {
        store.save_menu(menu(id, "42", 1000, true)).await.unwrap();
        assert_eq!(store.last_numbered(&key("42")).await.unwrap().unwrap().id, id_of(id));
        assert_eq!(other.last_numbered(&key("42")).await.unwrap().unwrap().id, id_of(id));
    }
    assert_eq!(store.last_numbered(&key("4")).await.unwrap(), None);
}
