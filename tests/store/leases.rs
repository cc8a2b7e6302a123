//! What one process at a time may do.

use std::sync::Arc;
use std::time::Duration;

use modelpin::store::{LeaseTable, Memory};

const LONG: Duration = Duration::from_mins(10);
const OVER: Duration = Duration::ZERO;

async fn it_is_one_at_a_time(one: &dyn LeaseTable, other: &dyn LeaseTable) {
    assert_eq!(one.take_lease("bot", "ann", LONG).await.unwrap(), None);
    assert_eq!(other.take_lease("bot", "bob", LONG).await.unwrap(), Some("ann".to_owned()));
    assert_eq!(one.take_lease("bot", "ann", LONG).await.unwrap(), None, "renewed");
    assert_eq!(other.take_lease("other bot", "bob", LONG).await.unwrap(), None);
    other.end_lease("bot", "bob").await.unwrap();
    assert_eq!(other.take_lease("bot", "bob", LONG).await.unwrap(), Some("ann".to_owned()), "not bob's to end");
    one.end_lease("bot", "ann").await.unwrap();
    assert_eq!(other.take_lease("bot", "bob", OVER).await.unwrap(), None);
    // Bob's is over already.
    assert_eq!(one.take_lease("bot", "ann", LONG).await.unwrap(), None);
    assert_eq!(other.take_lease("bot", "bob", LONG).await.unwrap(), Some("ann".to_owned()));
}

/// Of many that ask at once for the same, one gets it.
async fn one_of_many_gets_it(tables: Vec<Arc<dyn LeaseTable>>) {
    let mut asking = tokio::task::JoinSet::new();
    for (number, table) in tables.into_iter().enumerate() {
        asking.spawn(async move { table.take_lease("race", &number.to_string(), LONG).await.unwrap() });
    }
    let told = asking.join_all().await;
    assert_eq!(told.iter().filter(|who| who.is_none()).count(), 1, "{told:?}");
}

#[tokio::test]
async fn memory() {
    let table: Arc<dyn LeaseTable> = Arc::new(Memory::new());
    it_is_one_at_a_time(&*table, &*table).await;
    one_of_many_gets_it(vec![table; 20]).await;
}

#[cfg(all(feature = "postgres", unix))]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres() {
    use modelpin::store::Postgres;

    let Some(database) = crate::support::postgres::database() else { return };
    let open = || Arc::new(Postgres::open(&database.url(), None).unwrap()) as Arc<dyn LeaseTable>;
    let (one, other) = (open(), open());
    it_is_one_at_a_time(&*one, &*other).await;
    one_of_many_gets_it((0..20).map(|number| if number % 2 == 0 { one.clone() } else { other.clone() }).collect())
        .await;
}
