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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use bytes::BytesMut;
    use limits::{Seed, Table};
    use policy::session::SessionCache;
    use policy::{Memory, Policy, Request};
    use spop::{Action, Frame, LENGTH_PREFIX, MaxFrameSize};

    use super::*;

    const POLICY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../policy/policy.yaml");

    /// The variables that a refused library's request with this `Accept` sets, in a frame of this size.
    fn variables(accept: &'static str, frame: u32) -> BTreeMap<String, String> {
        let policy = Policy::load(POLICY.as_ref()).unwrap();
        let table = Table::new(10, &Seed::from([7; 16])).unwrap();
        let mut headers = policy.headers();
        headers.record(b"user-agent", b"python-requests/2.32.3");
        headers.record(b"accept", accept.as_bytes());
        let request = Request { method: b"GET", path: b"/", headers, ..Request::default() };
        let sessions = SessionCache::new(1, [7; 32]).unwrap();
        let memory = Memory { limits: &table, sessions: &sessions };
        let verdict = policy.decide(&request, memory, "2026-01-01".parse().unwrap());

        let mut bytes = BytesMut::new();
        let mut ack = AckEncoder::begin(&mut bytes, 1, 1, MaxFrameSize::new(frame).unwrap());
        write(&verdict, policy.answer(&verdict, &request).as_ref(), &mut ack);
        ack.finish();
        let Frame::Ack(ack) = Frame::parse(&bytes[LENGTH_PREFIX..]).unwrap() else { panic!() };
        let variable = |action| match action {
            Action::SetVar { name, value: TypedData::String(value), .. } => {
                let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
                Some((text(name), text(value)))
            }
            _ => None,
        };
        ack.actions().filter_map(|action| variable(action.unwrap())).collect()
    }

    #[test]
    fn json_and_pages_are_one_variable_and_a_text_is_four() {
        let json = variables("application/json", 16_380);
        assert_eq!(json["content_type"], "application/problem+json");
        assert!(json["body"].starts_with("{\"type\":\""), "{}", json["body"]);
        assert!(!json.contains_key("content_security_policy") && !json.contains_key("title"));
        let page = variables("text/html", 16_380);
        assert_eq!(page["content_type"], "text/html; charset=utf-8");
        assert!(page["body"].starts_with("<!doctype html>") && page.contains_key("content_security_policy"));
        let text = variables("*/*", 16_380);
        assert!(["title", "detail", "advice", "appeal"].iter().all(|line| text.contains_key(*line)));
        assert!(!text.contains_key("body") && !text.contains_key("content_type"));
    }

    #[test]
    fn where_a_frame_has_no_room_for_the_body_the_lines_of_a_text_are_sent_and_before_them_the_verdict() {
        let page = variables("text/html", 1_400);
        assert!(!page.contains_key("body") && !page.contains_key("content_type"));
        assert!(page["appeal"].contains(&page["code"]), "{}", page["appeal"]);
        let least = variables("text/html", 256);
        assert_eq!((&*least["action"], &*least["reason"]), ("deny", "ua.library_default"));
        assert!(!least.contains_key("body") && !least.contains_key("content_type"));
    }
}
