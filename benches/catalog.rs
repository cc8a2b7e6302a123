//! Reading a selection against 1,000 models and 1,000 profiles. Target: at most 5 µs.

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use modelpin::agent::AgentId;
use modelpin::catalog::{Catalog, ModelId, ModelRef, ProfileIndex, ProviderId};
use modelpin::config::{Config, ModelEntry};
use modelpin::directive::{Typed, Wanted};
use modelpin::profile::ProfileId;

fn catalog() -> Catalog {
    let mut config = Config::default();
    config.agents.models.insert("anthropic/claude-opus-4-6".to_owned(), ModelEntry { alias: Some("opus".to_owned()) });
    for number in 1..1_000 {
        let alias = (number % 5 == 0).then(|| format!("alias-{number}"));
        config.agents.models.insert(format!("vendor-{}/model-{number}", number % 20), ModelEntry { alias });
    }
    Catalog::new(&config, &AgentId::main())
}

fn index() -> ProfileIndex {
    let profile = |number: usize| {
        let provider = if number == 0 { "anthropic".to_owned() } else { format!("vendor-{}", number % 20) };
        let name = if number == 0 { "work".to_owned() } else { format!("person-{number}@example.com") };
        let id = ProfileId::new(&format!("{provider}:{name}"));
        id.zip(ProviderId::new(&provider))
    };
    (0..1_000).filter_map(profile).collect()
}

fn word(text: &str) -> Wanted {
    Wanted::Word(Typed { text: text.to_owned(), span: 7..7 + text.len() })
}

fn read(criterion: &mut Criterion) {
    let (catalog, index) = (catalog(), index());
    let seen = index.seen_by(|id| !id.as_str().ends_with("-hidden"));
    let current = catalog.default_model().clone();
    for text in
        ["opus@work", "anthropic/claude-opus-4-6@anthropic:work", "vendor-7/model-7@person-7@example.com", "opus"]
    {
        let wanted = word(text);
        assert!(catalog.read(&wanted, &current, &seen).is_ok(), "{text} is read");
        criterion.bench_function(&format!("read {text}"), |bencher| {
            bencher.iter(|| catalog.read(black_box(&wanted), &current, &seen));
        });
    }
    criterion.bench_function("is a word an alias", |bencher| bencher.iter(|| catalog.has_alias(black_box("opuz"))));
    criterion.bench_function("build the index", |bencher| bencher.iter(self::index));
    let unlisted = ModelId::new("model-7").map(|model| ModelRef::new(current.provider.clone(), model));
    criterion.bench_function("refuse a model", |bencher| bencher.iter(|| unlisted.as_ref().map(|m| catalog.allows(m))));
}

criterion_group! {
    name = benches;
    config = Criterion::default().warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(1));
    targets = read
}
criterion_main!(benches);
