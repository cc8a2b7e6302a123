//! The first words of a chat.

/// Where there are credentials.
pub(crate) fn usual() -> &'static str {
    "Type a message, or /model to see what answers and to choose. /help lists the commands. Ctrl-D ends."
}

/// Where everything is pretended.
pub(crate) fn demo() -> &'static str {
    "This is a demo: throw-away state, invented keys, and providers pretended inside\n\
     this program. Requests go through the real client code; each answer says which\n\
     model and which key reached the provider.\n\
     \n\
     Lines to try:\n\
     \x20 /model                             what answers now, and what can be chosen\n\
     \x20 /model opus@work                   pin the model and the credential\n\
     \x20 hello                              see which key was on the wire\n\
     \x20 /model status                      everything there is to know\n\
     \x20 /demo fail anthropic:work=429:30   let that key be rate-limited for 30 s\n\
     \n\
     Ctrl-D ends the demo and removes its state."
}

#[cfg(test)]
mod tests {
    use super::demo;

    #[test]
    fn the_demo_has_five_lines_to_try() {
        let lines: Vec<&str> = demo().lines().filter(|line| line.starts_with("  ")).map(str::trim).collect();
        assert_eq!(lines.len(), 5);
        for line in ["/model ", "/model opus@work ", "hello ", "/model status ", "/demo fail anthropic:work=429:30 "] {
            assert!(lines.iter().any(|shown| shown.starts_with(line)), "{line}");
        }
    }
}
