//! Nothing looks like something that it was not meant to be, however marks meet.

use modelpin_chat::{Block, Span};
use proptest::collection::vec;
use proptest::prelude::{ProptestConfig, Strategy, prop, prop_oneof};
use proptest::{prop_assert, prop_assert_eq, proptest};

use crate::outbound::clean::is_blank;
use crate::outbound::render;
use crate::outbound::reply::rich;
use crate::outbound::style::{Face, Style};
use crate::outbound::tests::golden::reply;
use crate::outbound::tests::seen::{Seen, read};

/// What is seen, and the style that it was meant to have, character by character; spaces are left out.
fn compared(blocks: &[Block]) -> Vec<(Seen, Style)> {
    let visible = |c: char| !is_blank(&c.to_string());
    let mut seen = Vec::new();
    for message in render(&reply(blocks.to_vec(), Vec::new())) {
        let card = message.embeds.first().map(|embed| serde_json::to_value(embed).unwrap()["description"].clone());
        let text = card.map_or(message.content, |text| text.as_str().unwrap().to_owned());
        seen.extend(read(&text).unwrap_or_else(|fault| panic!("{fault} in {text}")));
    }
    seen.retain(|seen| visible(seen.character));
    let rich = rich(blocks);
    let mut meant = Vec::new();
    for (run, style) in rich.runs(0..rich.text().len()) {
        meant.extend(rich.text()[run].chars().filter(|c| visible(*c)).map(|c| (c, style.clone())));
    }
    let texts = (seen.iter().map(|seen| seen.character).collect::<String>(), meant.iter().map(|(c, _)| c).collect());
    let (shown, said): (String, String) = texts;
    assert_eq!(shown, said);
    seen.into_iter().zip(meant).map(|(seen, (_, style))| (seen, style)).collect()
}

fn has(seen: &Seen, mark: &str) -> bool {
    seen.around.iter().any(|each| each == mark)
}

fn no_more_than_meant(blocks: &[Block]) {
    for (seen, style) in compared(blocks) {
        let Style { quote, heading, face, bold, italic, strike } = &style;
        let linked = seen.around.iter().any(|mark| mark.starts_with("link:"));
        let address = seen.around.iter().any(|mark| mark.starts_with("link:http"));
        assert!(!has(&seen, "b") || *bold, "bold: {seen:?} in {blocks:?}");
        assert!(!has(&seen, "i") || *italic, "italic: {seen:?} in {blocks:?}");
        assert!(!has(&seen, "s") || *strike, "struck: {seen:?} in {blocks:?}");
        assert!(!has(&seen, "u") && !has(&seen, "spoiler"), "{seen:?} in {blocks:?}");
        assert!(!has(&seen, "code") || *face == Face::Code, "code: {seen:?} in {blocks:?}");
        assert!(!has(&seen, "pre") || style.is_pre(), "a block: {seen:?} in {blocks:?}");
        assert!(!has(&seen, "list") || *face == Face::Sign, "a list: {seen:?} in {blocks:?}");
        assert_eq!(has(&seen, "quote"), quote.is_some(), "a quotation: {seen:?} in {blocks:?}");
        assert!((1..=3).all(|level| !has(&seen, &format!("h{level}")) || *heading == level), "{seen:?} in {blocks:?}");
        assert!(!linked || address, "{seen:?} in {blocks:?}");
    }
}

const TEXTS: [&str; 22] = [
    "a",
    "b c",
    " ",
    "~",
    ":",
    "x:",
    ":x",
    "*",
    "_",
    "`",
    "``",
    "1",
    ".",
    ". ",
    "#",
    "# ",
    "- ",
    "> ",
    "|",
    "\\",
    "[a](b)",
    "https://x.test/*a~",
];
const MARKS: [&str; 22] = [
    "a",
    "b",
    " ",
    "*",
    "**",
    "***",
    "_",
    "~~",
    "\\~",
    "\\*",
    ":",
    ":x:",
    "`y`",
    "``",
    "[z](https://z.test)",
    "https://u.test/a_*",
    "\n",
    "\n> ",
    "\n- ",
    "\n# ",
    "1.",
    "\\",
];

fn text() -> impl Strategy<Value = String> {
    vec(prop::sample::select(&TEXTS), 1..4).prop_map(|texts| texts.concat())
}

fn spans() -> impl Strategy<Value = Vec<Span>> {
    let span = prop_oneof![text().prop_map(Span::Plain), text().prop_map(Span::Strong), text().prop_map(Span::Code)];
    vec(span, 1..6)
}

#[test]
fn an_emoji_does_not_come_about_where_two_texts_meet() {
    let spans = |code: &str| vec![Span::Plain("see :a".to_owned()), Span::Code(code.to_owned())];
    for code in ["b: ` ``", ": ` ``"] {
        no_more_than_meant(&[Block::Line(spans(code))]);
    }
    no_more_than_meant(&[Block::Line(vec![Span::Plain("steam:".to_owned()), Span::Code("//x ` ``".to_owned())])]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, ..ProptestConfig::default() })]

    #[test]
    fn spans_that_touch_are_no_more_than_they_are(spans in spans()) {
        no_more_than_meant(&[Block::Line(spans)]);
    }

    #[test]
    fn marks_that_touch_are_no_more_than_they_are(marks in vec(prop::sample::select(&MARKS), 1..16)) {
        no_more_than_meant(&[Block::Markdown(marks.concat())]);
    }

    #[test]
    fn what_stands_by_itself_is_all_that_it_is(spans in spans()) {
        let apart = spans.into_iter().flat_map(|span| [span, Span::Plain(" = ".to_owned())]).collect();
        for (seen, style) in compared(&[Block::Line(apart)]) {
            // An address with marks in it takes none.
            let address = seen.around.iter().any(|mark| mark.starts_with("link:"));
            prop_assert!(address || has(&seen, "b") == style.bold, "{:?}", seen);
            prop_assert_eq!(has(&seen, "list") || has(&seen, "quote") || has(&seen, "pre"), false, "{:?}", seen);
        }
    }
}
