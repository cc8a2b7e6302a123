//! The findings for a person.

use modelpin_terminal::visible;

use crate::doctor::{Finding, Group, Severity};

/// How wide it is, where words allow.
const WIDTH: usize = 80;

/// The findings by group, and how many places were looked at. `mend` is the line that mends what can be.
pub(crate) fn text(findings: &[Finding], looked: usize, mend: &str) -> String {
    let mut text = String::new();
    for group in Group::ALL {
        let here: Vec<&Finding> = findings.iter().filter(|finding| finding.code.group() == group).collect();
        if here.is_empty() {
            continue;
        }
        text.push_str(&format!("{}\n", group.as_str()));
        text.extend(here.into_iter().map(entry));
        text.push('\n');
    }
    let grave = findings.iter().filter(|finding| finding.severity > Severity::Info).count();
    let fixable = findings.iter().filter(|finding| finding.fixable).count();
    text.push_str(&match grave {
        0 => format!("Nothing to mend in {looked} places looked at.\n"),
        1 => format!("1 thing to mend in {looked} places looked at.\n"),
        many => format!("{many} things to mend in {looked} places looked at.\n"),
    });
    if fixable > 0 {
        text.push_str(&format!("{fixable} of them can be mended, each asked for first: {mend}\n"));
    }
    visible(&text)
}

fn entry(finding: &Finding) -> String {
    let severity = match finding.severity {
        Severity::Info => "note",
        Severity::Warning => "warning",
        Severity::Error => "ERROR",
    };
    let place = &finding.place;
    let about = place.session.as_ref().or(place.path.as_ref()).or(place.profile.as_ref()).or(place.provider.as_ref());
    let about = about.map(|about| format!("  {about}")).unwrap_or_default();
    let head = format!("  {severity:7}  {}{about}", finding.code.as_str());
    format!("{}\n{}{}", head.trim_end(), wrapped(&finding.what, ""), wrapped(&finding.fix, "fix: "))
}

/// `text` in lines of the width, behind `label`.
fn wrapped(text: &str, label: &str) -> String {
    let (indent, mut lines) = (" ".repeat(11), String::new());
    let mut line = format!("{indent}{label}");
    let mut empty = true;
    for word in text.split_whitespace() {
        if !empty && line.chars().count() + 1 + word.chars().count() > WIDTH {
            lines.push_str(&format!("{line}\n"));
            line = format!("{indent}{}", " ".repeat(label.len()));
            empty = true;
        }
        if !empty {
            line.push(' ');
        }
        line.push_str(word);
        empty = false;
    }
    lines + &line + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Code;

    #[test]
    fn a_finding_has_its_fix_below_it_and_fits_the_screen() {
        let what = "a sentence that is rather longer than a screen is wide, and goes on for a while after that";
        let finding = Finding::new(Code::OrderHides, Severity::Warning, what, "type this").of_provider("anthropic");
        let text = text(&[finding], 3, "modelpin doctor --fix");
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
        assert!(text.starts_with("Configuration\n  warning  order-hides  anthropic\n"), "{text}");
        assert!(text.contains("\n           fix: type this\n"), "{text}");
        assert!(text.ends_with("1 thing to mend in 3 places looked at.\n"), "{text}");
    }

    #[test]
    fn where_all_is_well_one_line_is_enough() {
        assert_eq!(text(&[], 9, ""), "Nothing to mend in 9 places looked at.\n");
    }
}
