use limits::Table;

use crate::session::SessionCache;

/// What decisions remember from one request to the next. It belongs to the process, and outlives a policy.
#[derive(Clone, Copy, Debug)]
pub struct Memory<'m> {
    /// Who has used up how much of which limit.
    pub limits: &'m Table,
    /// Tokens that were verified.
    pub sessions: &'m SessionCache,
}
