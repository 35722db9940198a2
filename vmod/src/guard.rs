//! The border to C: no panic crosses it.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use varnish::vcl::{Ctx, LogTag, VclResult};

/// Runs the body of a VCL method. If it panics, says so in the log and answers with `neutral`, which is what a request
/// without provenance, token or name gets, and where the question is whether to refuse it, yes: whoever finds an input that
/// panics wins nothing that leaving it out would not give.
pub(crate) fn guard<T>(
    ctx: &mut Ctx<'_>,
    method: &str,
    neutral: T,
    body: impl FnOnce(&mut Ctx<'_>) -> VclResult<T>,
) -> VclResult<T> {
    catch(|| body(ctx)).unwrap_or_else(|message| {
        ctx.log(LogTag::VclError, format!("provenance: internal error in {method}(): {message}"));
        Ok(neutral)
    })
}

/// The value of `body`, or the message with which it panicked; the place has gone to stderr, which Varnish logs.
fn catch<T>(body: impl FnOnce() -> T) -> Result<T, String> {
    // What a panic may leave half-written is the memo of one task, whose entries are complete when they are pushed.
    catch_unwind(AssertUnwindSafe(body)).map_err(|payload| message(&*payload))
}

fn message(payload: &(dyn Any + Send)) -> String {
    match (payload.downcast_ref::<&str>(), payload.downcast_ref::<String>()) {
        (Some(text), _) => (*text).to_owned(),
        (_, Some(text)) => text.clone(),
        _ => "panic without a message".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passes_a_value_on() {
        assert_eq!(catch(|| 7), Ok(7));
    }

    #[test]
    fn stops_a_panic_and_tells_its_message() {
        assert_eq!(catch(|| -> u8 { panic!("a plain text") }), Err("a plain text".to_owned()));
        assert_eq!(catch(|| -> u8 { panic!("{} texts", 2) }), Err("2 texts".to_owned()));
        assert_eq!(catch(|| -> u8 { std::panic::panic_any(7) }), Err("panic without a message".to_owned()));
    }

    #[test]
    fn stops_an_arithmetic_panic() {
        let zero = std::hint::black_box(0);
        assert!(catch(|| 1_u32 / zero).is_err());
    }
}
