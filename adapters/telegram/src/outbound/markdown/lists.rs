//! Bullets and numbers.

/// The lists that are open, from the outermost to the innermost.
#[derive(Debug, Default)]
pub(crate) struct Lists {
    /// The number of the next item, if they are numbered.
    open: Vec<Option<u64>>,
    /// How many of them the quotation is in that has begun.
    outside: usize,
    /// What stands before the item that has begun, until there is something in it.
    mark: Option<Mark>,
}

/// What stands before an item.
#[derive(Debug)]
pub(crate) struct Mark {
    pub(crate) text: String,
    /// Where the item begins in the source.
    pub(crate) source: usize,
}

/// How far what is in a list stands to the right.
const STEP: &str = "    ";
/// Telegram's limit is on characters, so a list deeper than that goes no further to the right.
const DEEPEST: usize = 8;

impl Lists {
    pub(crate) fn open(&mut self, first: Option<u64>) {
        self.open.push(first);
    }

    pub(crate) fn close(&mut self) {
        self.open.pop();
    }

    /// Begins the next item.
    pub(crate) fn begin_item(&mut self, source: usize) {
        let depth = self.depth().saturating_sub(1);
        let bullet = match self.open.last_mut() {
            Some(Some(number)) => {
                let text = format!("{number}. ");
                *number = number.saturating_add(1);
                text
            }
            Some(None) | None => match depth {
                0 => "• ".to_owned(),
                1 => "◦ ".to_owned(),
                _ => "▪ ".to_owned(),
            },
        };
        self.mark = Some(Mark { text: STEP.repeat(depth.min(DEEPEST)) + &bullet, source });
    }

    /// The item is a task, done or not.
    pub(crate) fn mark_task(&mut self, done: bool) {
        if let Some(mark) = &mut self.mark {
            let kept = mark.text.trim_end().trim_end_matches(['•', '◦', '▪']).len();
            mark.text.truncate(kept);
            if !mark.text.is_empty() && !mark.text.ends_with(' ') {
                mark.text.push(' ');
            }
            mark.text.push_str(if done { "☑ " } else { "☐ " });
        }
    }

    /// What stands before the item that has begun, once.
    pub(crate) fn take_mark(&mut self) -> Option<Mark> {
        self.mark.take()
    }

    /// What stands before a further line of the innermost item.
    pub(crate) fn indentation(&self) -> String {
        STEP.repeat(self.depth().min(DEEPEST))
    }

    /// A quotation stands apart from the list that it is in.
    pub(crate) fn quote_starts(&mut self) {
        self.outside = self.open.len();
    }

    pub(crate) fn quote_ends(&mut self) {
        self.outside = 0;
    }

    fn depth(&self) -> usize {
        self.open.len().saturating_sub(self.outside)
    }
}
