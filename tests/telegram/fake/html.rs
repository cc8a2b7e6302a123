//! Marks in a text.

use serde_json::{Value, json};

use crate::telegram::fake::rig::Rig;

fn run(kind: &str, offset: usize, length: usize) -> Value {
    json!({"type": kind, "offset": offset, "length": length})
}

#[tokio::test]
async fn marks_become_entities_in_utf16_units() {
    let rig = Rig::new();
    rig.fake.limits(None);
    let linked = json!({"type": "text_link", "offset": 0, "length": 1, "url": "https://example.com/?a=1&b=2"});
    let rust = json!({"type": "pre", "offset": 0, "length": 4, "language": "rust"});
    for (html, text, entities) in [
        ("<b>a</b> &lt;&amp;&gt; &quot;&#65;&#x42;", "a <&> \"AB", vec![run("bold", 0, 1)]),
        ("😀<i>x</i>", "😀x", vec![run("italic", 2, 1)]),
        ("<b>a<i>b</i></b>", "ab", vec![run("bold", 0, 2), run("italic", 1, 1)]),
        ("<STRONG>a</strong>", "a", vec![run("bold", 0, 1)]),
        (
            "<s>a</s><u>b</u><tg-spoiler>c</tg-spoiler>",
            "abc",
            vec![run("strikethrough", 0, 1), run("underline", 1, 1), run("spoiler", 2, 1)],
        ),
        ("<a href=\"https://example.com/?a=1&amp;b=2\">x</a>", "x", vec![linked]),
        ("<a href=\"no address\">x</a>", "x", vec![]),
        ("<pre><code class=\"language-rust\">fn x</code></pre>", "fn x", vec![rust]),
        ("<pre>a b</pre>", "a b", vec![run("pre", 0, 3)]),
        // Code holds nothing else, and what is around it is parted by it.
        ("<b>a<code>b</code>c</b>", "abc", vec![run("bold", 0, 1), run("code", 1, 1), run("bold", 2, 1)]),
        ("<code>a<b>b</b></code>", "ab", vec![run("code", 0, 2)]),
        ("<blockquote>a <b>b</b></blockquote>", "a b", vec![run("blockquote", 0, 3), run("bold", 2, 1)]),
        ("<blockquote expandable>a</blockquote>", "a", vec![run("expandable_blockquote", 0, 1)]),
        // What looks like something is marked by Telegram, in code not.
        (
            "/model <code>/list</code> @first_bot",
            "/model /list @first_bot",
            vec![run("bot_command", 0, 6), run("code", 7, 5), run("mention", 13, 10)],
        ),
        ("a &unknown; & b", "a &unknown; & b", vec![]),
        (" \n <b> x </b>  ", " x", vec![run("bold", 0, 2)]),
    ] {
        let sent = rig.done("sendMessage", json!({"chat_id": 42, "text": html, "parse_mode": "HTML"})).await;
        assert_eq!(sent["text"], text, "{html}");
        assert_eq!(sent["entities"].as_array().cloned().unwrap_or_default(), entities, "{html}");
    }
}

#[tokio::test]
async fn marks_that_are_none_are_refused() {
    let rig = Rig::new();
    rig.fake.limits(None);
    for (html, why) in [
        ("<b>a", "Can't find end tag corresponding to start tag \"b\""),
        ("a</b>", "Unexpected end tag at byte offset 1"),
        ("<b>a</i>", "Unmatched end tag at byte offset 4, expected \"</b>\", found \"</i>\""),
        ("<h1>a</h1>", "Unsupported start tag \"h1\" at byte offset 0"),
        ("ä<br>", "Unsupported start tag \"br\" at byte offset 2"),
        ("<p>a</p>", "Unsupported start tag \"p\" at byte offset 0"),
        ("a < b", "Unsupported start tag \"\" at byte offset 2"),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("<b>a</b", "Unclosed end tag at byte offset 4"),
        ("<span class=\"x\">a</span>", "Tag \"span\" must have class \"tg-spoiler\" at byte offset 0"),
        ("<a href=\"x>a</a>", "Unclosed start tag at byte offset 0"),
        ("<a href=x/y>a</a>", "Unexpected end of name token at byte offset 8"),
    ] {
        let (status, answer) = rig.ask("sendMessage", json!({"chat_id": 42, "text": html, "parse_mode": "HTML"})).await;
        let expected = format!("Bad Request: can't parse entities: {why}");
        assert_eq!((status, answer["description"].as_str().unwrap()), (400, expected.as_str()), "{html}");
    }
}

#[tokio::test]
async fn entities_that_are_dropped_are_complained_of() {
    let rig = Rig::new();
    let html = "<b>a</b> ".repeat(101);
    let sent = rig.done("sendMessage", json!({"chat_id": 42, "text": html, "parse_mode": "HTML"})).await;
    assert_eq!(sent["entities"].as_array().unwrap().len(), 100);
    let complaints = rig.fake.complaints();
    assert_eq!(complaints.len(), 1);
    assert!(complaints[0].starts_with("1 entities of a message were dropped"), "{complaints:?}");
}
