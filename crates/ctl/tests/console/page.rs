//! A page, and the commands in it.

const FENCE: &str = "```console";
const PROMPT: &str = "$ provenancectl";

/// The lines of a page.
pub struct Page<'t> {
    lines: Vec<&'t str>,
}

impl<'t> Page<'t> {
    pub fn parse(text: &'t str) -> Self {
        Self { lines: text.lines().collect() }
    }

    /// What is typed.
    pub fn commands(&self) -> impl Iterator<Item = &'t str> + '_ {
        let mut inside = false;
        self.lines.iter().filter_map(move |line| {
            inside = is_inside(inside, line);
            line.strip_prefix("$ ").filter(|_| inside && line.starts_with(PROMPT))
        })
    }

    /// The page with what `run` prints behind each command.
    pub fn run(&self, mut run: impl FnMut(&str) -> String) -> String {
        let mut page = String::new();
        let (mut inside, mut answered) = (false, false);
        for line in &self.lines {
            inside = is_inside(inside, line);
            // An empty line before the next command belongs to the page, and so does what follows a command that is not ours.
            let is_shown = !inside || line.starts_with("$ ") || line.starts_with("```");
            if is_shown {
                answered = false;
            }
            if is_shown || !answered {
                page.push_str(line);
                page.push('\n');
            }
            if inside && line.starts_with(PROMPT) {
                page.push_str(&run(line.trim_start_matches("$ ")));
                answered = true;
            }
        }
        page
    }
}

fn is_inside(inside: bool, line: &str) -> bool {
    match line.starts_with("```") {
        true => !inside && line == FENCE,
        false => inside,
    }
}

/// The first lines that differ.
pub fn difference(shown: &str, printed: &str) -> String {
    let mut pairs = (1..).zip(shown.lines().zip(printed.lines()));
    match pairs.find(|(_, (shown, printed))| shown != printed) {
        Some((line, (shown, printed))) => format!("  line {line}\n  shown:   {shown}\n  printed: {printed}"),
        None => format!("  {} lines are shown, {} printed", shown.lines().count(), printed.lines().count()),
    }
}

#[test]
fn an_answer_is_put_in_the_place_of_the_old_one() {
    let text = "a\n```console\n$ provenancectl x\nold\nold\n$ ls\nkept\n```\n$ provenancectl outside\n";
    let page = Page::parse(text);
    assert_eq!(page.commands().collect::<Vec<_>>(), ["provenancectl x"]);
    let expected = "a\n```console\n$ provenancectl x\nnew\n$ ls\nkept\n```\n$ provenancectl outside\n";
    assert_eq!(page.run(|_| "new\n".to_owned()), expected);
}
