use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::source::Source;

/// A bar on standard error where that is a terminal: bytes read as they lie on disk, rate, time that remains. Nothing for programs.
pub(super) fn bar(sources: &[Source], is_for_programs: bool) -> ProgressBar {
    let total: Option<u64> = sources.iter().map(|source| source.bytes).sum();
    let bar = match total {
        Some(bytes) => ProgressBar::new(bytes),
        None => ProgressBar::no_length(),
    };
    // indicatif draws nothing where standard error is no terminal.
    let target = if is_for_programs { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
    bar.set_draw_target(target);
    let template = match total {
        Some(_) => "{bar:24} {percent:>3} %  {bytes} of {total_bytes}  {msg}  {eta} left",
        None => "{spinner} {bytes}  {msg}  {elapsed}",
    };
    bar.with_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()))
}
