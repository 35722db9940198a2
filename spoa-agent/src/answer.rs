//! A verdict and the answer to a refused request as variables of HAProxy's transaction.

use std::convert::Infallible;
use std::fmt::{self, Write as _};

use policy::answer::CONTENT_SECURITY_POLICY;
use policy::verdict::Value;
use policy::{Answer, MediaType, Verdict};
use spop::{AckEncoder, Scope, TypedData};

/// Sets a variable `txn.<prefix>.<field>` for each field of the verdict, and then for the answer; HAProxy's configuration has
/// the prefix.
///
/// A field for which the frame has no room is left out. The fields come in the order of their importance, and the smallest
/// frame of SPOP, 256 bytes, has room for what decides: action, status, reason, code and retry_after.
pub fn write(verdict: &Verdict<'_>, answer: Option<&Answer<'_>>, ack: &mut AckEncoder<'_>) {
    let _: Result<(), Infallible> = verdict.each_field(|name, value| {
        // The only error is that there is no room, and the frame is then as it was.
        let _ = match value {
            Value::Text(text) => ack.set_var(Scope::Txn, name, text),
            Value::Number(number) => ack.set_var(Scope::Txn, name, integer(number)),
            Value::Rendered(text) => rendered(name, text, ack),
        };
        Ok(())
    });
    if let Some(answer) = answer {
        let _ = write_answer(answer, ack);
    }
}

/// A body with its type; as text, and where a frame has no room for the body, the lines of a text, since HAProxy up to 3.0
/// lets no line end within a variable.
fn write_answer(answer: &Answer<'_>, ack: &mut AckEncoder<'_>) -> Result<(), spop::Error> {
    if answer.media_type() != MediaType::Text && rendered("body", &answer.body(), ack).is_ok() {
        ack.set_var(Scope::Txn, "content_type", answer.content_type())?;
        if answer.media_type() == MediaType::Html {
            ack.set_var(Scope::Txn, "content_security_policy", CONTENT_SECURITY_POLICY)?;
        }
        return Ok(());
    }
    rendered("title", &answer.title(), ack)?;
    rendered("detail", &answer.detail(), ack)?;
    rendered("advice", &answer.advice(), ack)?;
    rendered("appeal", &answer.appeal(), ack)
}

fn rendered(name: &str, text: &dyn fmt::Display, ack: &mut AckEncoder<'_>) -> Result<(), spop::Error> {
    ack.set_var_with(Scope::Txn, name, |out| write!(out, "{text}"))
}

/// HAProxy keeps every integer in 64 bits with a sign.
fn integer(number: u64) -> TypedData<'static> {
    TypedData::Int64(number.try_into().unwrap_or(i64::MAX))
}
