//! A verdict as variables of HAProxy's transaction.

use std::convert::Infallible;
use std::fmt::Write as _;

use policy::Verdict;
use policy::verdict::Value;
use spop::{AckEncoder, Scope, TypedData};

/// Sets a variable `txn.<prefix>.<field>` for each field of the verdict; HAProxy's configuration has the prefix.
///
/// A field for which the frame has no room is left out. The fields come in the order of their importance, and the smallest
/// frame of SPOP, 256 bytes, has room for what decides: action, status, reason, code and retry_after.
pub fn write(verdict: &Verdict<'_>, ack: &mut AckEncoder<'_>) {
    let _: Result<(), Infallible> = verdict.each_field(|name, value| {
        // The only error is that there is no room, and the frame is then as it was.
        let _ = match value {
            Value::Text(text) => ack.set_var(Scope::Txn, name, text),
            Value::Number(number) => ack.set_var(Scope::Txn, name, integer(number)),
            Value::Rendered(text) => ack.set_var_with(Scope::Txn, name, |out| write!(out, "{text}")),
        };
        Ok(())
    });
}

/// HAProxy keeps every integer in 64 bits with a sign.
fn integer(number: u64) -> TypedData<'static> {
    TypedData::Int64(number.try_into().unwrap_or(i64::MAX))
}
