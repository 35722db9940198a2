//! varnishtest's log: what of it a person reads first.
//!
//! Each line begins with a mark of four characters: stars and spaces for a step (more stars, more detail), four dashes
//! for the failure.

/// Lines of context before the failure: the step that failed and the transaction before it.
const BEFORE: usize = 30;

/// Lines of context behind it; what follows is clean-up.
const AFTER: usize = 3;

/// The failure of a case with the steps that led to it, or the end of the log where no line is marked as a failure
/// (a time-out, a varnishtest that was killed).
#[must_use]
pub fn excerpt(log: &str) -> String {
    let lines: Vec<_> = log.lines().filter(|line| !is_heartbeat(line)).collect();
    let failure = lines.iter().position(|line| line.starts_with("---- "));
    let end = failure.map_or(lines.len(), |at| at.saturating_add(AFTER).saturating_add(1));
    let start = failure.unwrap_or(lines.len()).saturating_sub(BEFORE);
    lines.get(start..end.min(lines.len())).unwrap_or_default().join("\n")
}

/// Clock lines, and varnishd's manager asking its child whether it lives: all there is while a case waits for its time-out.
fn is_heartbeat(line: &str) -> bool {
    line.starts_with("**** dT ") || line.ends_with("- Rd ping") || line.contains(" PONG ")
}

/// What varnishtest says of a case that it skipped: `lacking feature: user_vcache`.
#[must_use]
pub fn skip_reason(log: &str) -> &str {
    log.lines()
        .find_map(|line| line.split_once("SKIPPING test, "))
        .map_or("varnishtest gave no reason", |(_, reason)| reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log_of(lines: usize) -> String {
        (0..lines).map(|line| format!("**** c1    line {line}\n")).collect()
    }

    #[test]
    fn shows_the_failure_with_the_steps_before_it_and_without_the_clean_up() {
        let failure = "---- c1    EXPECT resp.status (200) == \"403\" failed";
        let log = format!("{}{failure}\n{}", log_of(100), log_of(100));
        let shown = excerpt(&log);
        let lines: Vec<_> = shown.lines().collect();
        assert_eq!(lines.len(), BEFORE + 1 + AFTER);
        assert_eq!(lines.first(), Some(&"**** c1    line 70"));
        assert_eq!(lines[BEFORE], failure);
    }

    #[test]
    fn shows_the_end_where_nothing_is_marked_as_a_failure() {
        let log = format!("{}#    top  TEST slow.vtc TIMED OUT (kill -9)", log_of(100));
        let shown = excerpt(&log);
        assert_eq!(shown.lines().count(), BEFORE);
        assert!(shown.ends_with("TIMED OUT (kill -9)"));
    }

    #[test]
    fn leaves_out_what_is_logged_while_nothing_happens() {
        let heartbeat = "**** dT    55.248\n\
            **** v1    vsl|          0 CLI             - Rd ping\n\
            **** v1    vsl|          0 CLI             - Wr 200 19 PONG 1795166422 1.0\n";
        let log = format!(
            "**   c1    === rxresp\n{}#    top  TEST slow.vtc TIMED OUT (kill -9)",
            heartbeat.repeat(20)
        );
        assert_eq!(excerpt(&log), "**   c1    === rxresp\n#    top  TEST slow.vtc TIMED OUT (kill -9)");
    }

    #[test]
    fn shows_a_short_log_whole() {
        assert_eq!(excerpt("* top\n---- v1    bad\n* top"), "* top\n---- v1    bad\n* top");
        assert_eq!(excerpt(""), "");
    }

    #[test]
    fn tells_why_a_case_was_skipped() {
        let log = "**   top   === feature cmd false\n*    top   SKIPPING test, lacking feature: cmd false\n";
        assert_eq!(skip_reason(log), "lacking feature: cmd false");
        assert_eq!(skip_reason("killed"), "varnishtest gave no reason");
    }
}
