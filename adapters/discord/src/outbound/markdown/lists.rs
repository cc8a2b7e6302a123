//! Bullets and numbers.

/// The lists that are open, from the outermost to the innermost.
#[derive(Debug, Default)]
pub(crate) struct Lists {
    open: Vec<List>,
    /// How many of them the quotation is in that has begun.
    outside: usize,
    /// What stands before the item that has begun, until there is something in it.
    mark: Option<Mark>,
}

/// One list.
#[derive(Debug)]
struct List {
    /// The number of the next item, if they are numbered.
    next: Option<u64>,
    /// How far what is in the item that has begun stands to the right: as far as its mark is wide.
    width: usize,
}

/// What stands before an item.
#[derive(Debug)]
pub(crate) struct Mark {
    pub(crate) text: String,
    /// Where the item begins in the source.
    pub(crate) source: usize,
}

/// A list deeper than that goes no further to the right: Discord shows no deeper ones either.
const DEEPEST: usize = 8;

impl Lists {
    pub(crate) fn open(&mut self, first: Option<u64>) {
        self.open.push(List { next: first, width: 0 });
    }

    pub(crate) fn close(&mut self) {
        self.open.pop();
    }

    /// Whether something is in a list.
    pub(crate) fn is_open(&self) -> bool {
        self.depth() > 0
    }

    /// Begins the next item.
    pub(crate) fn begin_item(&mut self, source: usize) {
        let before = self.width(self.depth().saturating_sub(1));
        let bullet = match self.open.last_mut() {
            Some(list) => {
                let bullet = match &mut list.next {
                    Some(number) => {
                        let text = format!("{number}. ");
                        *number = number.saturating_add(1);
                        text
                    }
                    None => "- ".to_owned(),
                };
                list.width = bullet.len();
                bullet
            }
            None => "- ".to_owned(),
        };
        self.mark = Some(Mark { text: " ".repeat(before) + &bullet, source });
    }

    /// The item is a task, done or not.
    pub(crate) fn mark_task(&mut self, done: bool) {
        if let Some(mark) = &mut self.mark {
            mark.text.push_str(if done { "☑ " } else { "☐ " });
        }
    }

    /// What stands before the item that has begun, once.
    pub(crate) fn take_mark(&mut self) -> Option<Mark> {
        self.mark.take()
    }

    /// What stands before a further line of the innermost item.
    pub(crate) fn indentation(&self) -> String {
        " ".repeat(self.width(self.depth()))
    }

    /// A quotation stands apart from the list that it is in.
    pub(crate) fn quote_starts(&mut self) {
        self.outside = self.open.len();
    }

    pub(crate) fn quote_ends(&mut self) {
        self.outside = 0;
    }

    /// How wide the marks of the outermost `count` lists are, beginning with those in the quotation.
    fn width(&self, count: usize) -> usize {
        self.open.iter().skip(self.outside).take(count.min(DEEPEST)).map(|list| list.width).sum()
    }

    fn depth(&self) -> usize {
        self.open.len().saturating_sub(self.outside)
    }
}
