use std::fs;
use std::time::{SystemTime, UNIX_EPOCH};

use super::exposition::Exposition;
use super::family;

/// What the system knows of this process (proc(5)); what it does not tell is left out.
pub(super) fn render(out: &mut Exposition, started: SystemTime) {
    let started = started.duration_since(UNIX_EPOCH).unwrap_or_default();
    out.single(&family::PROCESS_START, format_args!("{:.3}", started.as_secs_f64()));
    if let Ok(files) = fs::read_dir("/proc/self/fd") {
        out.single(&family::PROCESS_OPEN_FDS, files.count());
    }
    if let Ok((soft, _)) = rlimit::Resource::NOFILE.get() {
        out.single(&family::PROCESS_MAX_FDS, soft);
    }
    if let Some(kilobytes) = resident_kilobytes() {
        out.single(&family::PROCESS_RESIDENT, kilobytes.saturating_mul(1024));
    }
}

fn resident_kilobytes() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse().ok()
}
