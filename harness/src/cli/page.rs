//! A page of documentation, written for a terminal or as Markdown.

/// Columns of a page in a terminal.
const WIDTH: usize = 100;

/// One page: a head, then sections of prose and items.
pub(super) struct Page {
    title: String,
    aside: String,
    lead: String,
    blocks: Vec<Block>,
}

enum Block {
    Section(String),
    Prose(String),
    Item(String),
    /// Belongs to the item before it.
    Detail(String),
}

impl Page {
    pub(super) fn new(title: &str, aside: &str, lead: &str) -> Page {
        Page {
            title: title.into(),
            aside: aside.into(),
            lead: lead.into(),
            blocks: Vec::new(),
        }
    }

    pub(super) fn section(&mut self, title: &str) {
        self.blocks.push(Block::Section(title.into()));
    }

    pub(super) fn prose(&mut self, text: &str) {
        self.blocks.push(Block::Prose(text.into()));
    }

    pub(super) fn item(&mut self, text: &str) {
        self.blocks.push(Block::Item(text.into()));
    }

    pub(super) fn detail(&mut self, text: &str) {
        self.blocks.push(Block::Detail(text.into()));
    }

    pub(super) fn as_text(&self) -> String {
        let mut text = format!("{}   {}\n{}\n", self.title, self.aside, self.lead);
        for block in &self.blocks {
            match block {
                Block::Section(title) => text.push_str(&format!("\n{title}\n")),
                Block::Prose(prose) | Block::Item(prose) => wrapped(&mut text, 2, prose),
                Block::Detail(prose) => wrapped(&mut text, 4, prose),
            }
        }
        text
    }

    pub(super) fn as_markdown(&self) -> String {
        let mut text = format!(
            "# {}\n\n{}\n\n{}\n",
            self.title,
            escaped(&self.aside.replace("   ", ", ")),
            escaped(&self.lead)
        );
        let mut in_list = false;
        for block in &self.blocks {
            let (gap, line) = match block {
                Block::Section(title) => (true, format!("## {}", capital(title))),
                Block::Prose(prose) => (true, escaped(prose)),
                Block::Item(item) => (!in_list, format!("- {}", escaped(item))),
                Block::Detail(detail) => (false, format!("  - {}", escaped(detail))),
            };
            if gap {
                text.push('\n');
            }
            text.push_str(&line);
            text.push('\n');
            in_list = matches!(block, Block::Item(_) | Block::Detail(_));
        }
        text
    }
}

fn wrapped(text: &mut String, indent: usize, prose: &str) {
    let mut row = String::new();
    for word in prose.split_whitespace() {
        if !row.is_empty() && indent + row.chars().count() + 1 + word.chars().count() > WIDTH {
            text.push_str(&format!("{:indent$}{row}\n", ""));
            row.clear();
        }
        if !row.is_empty() {
            row.push(' ');
        }
        row.push_str(word);
    }
    text.push_str(&format!("{:indent$}{row}\n", ""));
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

/// In one line, with what Markdown would take for its own written so that it is shown; code spans stay as they are.
fn escaped(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut out = String::with_capacity(text.len());
    let mut in_code = false;
    for letter in text.chars() {
        match letter {
            '`' => in_code = !in_code,
            '<' if !in_code => {
                out.push_str("&lt;");
                continue;
            }
            '*' | '_' | '[' | ']' | '\\' | '|' | '#' if !in_code => out.push('\\'),
            _ => {}
        }
        out.push(letter);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page() -> Page {
        let mut page = Page::new("token.x", "low", "A <b> is `a*b`.");
        page.section("needs");
        page.item("one");
        page.detail("more of one_two");
        page.item("two");
        page.prose("word ".repeat(30).trim_end());
        page
    }

    #[test]
    fn a_terminal_gets_lines_of_bounded_width() {
        let text = page().as_text();
        assert!(text.starts_with("token.x   low\nA <b> is `a*b`.\n\nneeds\n  one\n    more"));
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH));
    }

    #[test]
    fn markdown_shows_the_same_words() {
        let text = page().as_markdown();
        assert!(text.starts_with("# token.x\n\nlow\n\nA &lt;b> is `a*b`.\n\n## Needs\n\n- one\n"));
        assert!(text.contains("- one\n  - more of one\\_two\n- two\n\nword word"));
    }
}
