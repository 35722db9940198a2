//! How many files this process may have open, and whether that is enough for its connections.

use rlimit::Resource;
use tracing::{debug, warn};

/// Files beside the connections of HAProxy: listeners, those of the admin address, event queues, and policy files while they are read.
const BESIDE: u64 = 128;

/// Raises the soft limit of open files as far as `connections` need it and the hard limit allows; warns where that is not enough.
pub fn provide_for(connections: u32) {
    let needed = u64::from(connections).saturating_add(BESIDE);
    let (soft, hard) = match Resource::NOFILE.get() {
        Ok(limits) => limits,
        Err(error) => return debug!(%error, "cannot read the limit of open files"),
    };
    let wanted = needed.min(hard);
    let limit = match () {
        () if soft >= wanted => soft,
        () => match Resource::NOFILE.set(wanted, hard) {
            Ok(()) => wanted,
            Err(error) => {
                debug!(%error, "cannot raise the limit of open files");
                soft
            }
        },
    };
    if limit < needed {
        warn!(
            limit,
            needed,
            max_connections = connections,
            "fewer files may be open than --max-connections needs: raise LimitNOFILE"
        );
    }
}
