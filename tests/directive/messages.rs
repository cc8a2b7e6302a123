//! What a person is told when a command cannot be read.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use modelpin::directive::read;

fn told(message: &str) -> String {
    read(message, "mybot").unwrap_err().to_string()
}

#[test]
fn each_fault_says_what_to_type_instead() {
    for (message, told_to_type) in [
        ("/model@ opus", "`/model opus@work`"),
        ("/model \"\"", "`/model \"openai/gpt-5.4\"`"),
        ("/model \"opus", "`/model \"my model\"@\"my key\"`"),
        ("/model opus@", "`/model opus@work`"),
        ("/model 0", "`/model list`"),
        ("/models 0", "`/models anthropic 2`"),
        ("/models page=2", "`/models anthropic 2`"),
        ("/model opus please", "`for 2h`"),
        ("/model opus for ever", "`1h30m`"),
        ("/model status please", "on the next line"),
        ("/model opus --force", "`/model \"-name\"`"),
        ("/model opus --global", "`modelpin models set`"),
    ] {
        let told = told(message);
        assert!(told.contains(told_to_type), "{message}: {told}");
        assert!(!told.contains('\n'), "{message}: {told}");
    }
}

#[test]
fn the_words_at_fault_are_repeated_in_part() {
    assert!(told("/model opus ple\u{200B}ase").contains("`please`"));
    let long = told(&format!("/model opus {}", "x".repeat(10_000)));
    assert!(long.len() < 300 && long.contains('…'), "{long}");
}

#[test]
fn the_sentence_and_the_caret_make_a_reply() {
    let message = "/model opus@work plaese";
    let fault = read(message, "mybot").unwrap_err();
    assert_eq!(
        format!("{fault}\n{}", fault.caret(message)),
        "Unexpected `plaese`: only `once` or `for 2h` can follow the model. A message for the model goes on the next line.\n\
         /model opus@work plaese\n                 ^^^^^^"
    );
}
