//! `docs/reference/vmod.md`: signatures as Varnish reads them out of the built `.so`, with the doc comments of the sources.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::Value;
use syn::{ImplItem, Item, Type};

use super::source::{doc, parse};
use crate::Error;

const SOURCE: &str = "vmod/src/lib.rs";
const COUNTERS: &str = "vmod/src/counters.rs";

const HEAD: &str = "<!-- Written by the code: `make docs`. What stands here is changed in the doc comments of vmod/src/lib.rs and counters.rs. -->

# Reference: the VMOD

Every method of `import provenance`, with the types that Varnish has for it. [vmod.md](../vmod.md) has the set-up, recipes, and what a method
answers for. `edge` is the object of `new edge = provenance.policy(…)`.

";

/// The page.
///
/// # Errors
/// If `vmod` is no VMOD, or one of its methods has no doc comment.
pub fn page(vmod: &Path) -> Result<String, Error> {
    let spec = spec(vmod)?;
    let documented = documented()?;
    let mut page = HEAD.to_owned();
    for item in spec.iter().filter_map(Value::as_array) {
        if text(item, 0) != Some("$OBJ") {
            continue;
        }
        for member in item.iter().filter_map(Value::as_array) {
            match text(member, 0) {
                Some("$INIT") => {
                    let call = signature("new edge = provenance.policy", member);
                    write_item(&mut page, &call, "new", &documented)?;
                }
                Some("$METHOD") => {
                    let name = text(member, 1).unwrap_or_default();
                    let call = signature(&format!("edge.{name}"), member);
                    write_item(&mut page, &call, name, &documented)?;
                }
                _ => {}
            }
        }
    }
    write_counters(&mut page)?;
    Ok(page)
}

/// The description of a VMOD that varnishd reads: JSON between STX and ETX (vmodtool.py of Varnish 7.7).
fn spec(vmod: &Path) -> Result<Vec<Value>, Error> {
    let problem = |why: &str| Error::new(vmod.display().to_string(), why);
    let bytes = std::fs::read(vmod).map_err(|why| Error::new(vmod.display().to_string(), why))?;
    let mark = b"VMOD_JSON_SPEC\x02";
    let at =
        bytes.windows(mark.len()).position(|window| window == mark).ok_or_else(|| problem("is no VMOD"))?;
    let rest = bytes.get(at + mark.len()..).unwrap_or_default();
    let json = rest.split(|byte| *byte == 3).next().unwrap_or_default();
    serde_json::from_slice(json).map_err(|why| problem(&why.to_string()))
}

fn text(array: &[Value], at: usize) -> Option<&str> {
    array.get(at)?.as_str()
}

/// `BOOL edge.is_fresh()`, of `[[RETURN], C name, …, [TYPE, name], …]`.
fn signature(call: &str, member: &[Value]) -> String {
    let function = member.iter().filter_map(Value::as_array).next().map(Vec::as_slice).unwrap_or_default();
    let mut returned = "";
    let mut arguments = Vec::new();
    for part in function.iter().filter_map(Value::as_array) {
        match (text(part, 0), text(part, 1)) {
            (Some(ty), None) if returned.is_empty() => returned = ty,
            (Some(ty), Some(name)) if !ty.starts_with("PRIV_") => arguments.push(format!("{ty} {name}")),
            _ => {}
        }
    }
    let returned =
        if returned == "VOID" || returned.is_empty() { String::new() } else { format!("{returned} ") };
    format!("{returned}{call}({})", arguments.join(", "))
}

/// A constructor or method and what its doc comment says. Where that begins with a heading, a section of the page begins.
fn write_item(
    page: &mut String,
    call: &str,
    name: &str,
    documented: &[(String, String)],
) -> Result<(), Error> {
    let comment = documented.iter().find(|(documented, _)| documented == name);
    let comment = comment.map(|(_, comment)| comment.as_str()).filter(|comment| !comment.is_empty());
    let comment = comment.ok_or_else(|| Error::new(format!("{SOURCE}, {name}"), "has no doc comment"))?;
    let (heading, comment) = match comment.strip_prefix("# ").and_then(|rest| rest.split_once('\n')) {
        Some((heading, rest)) => (Some(heading), rest.trim_start()),
        None => (None, comment),
    };
    if let Some(heading) = heading {
        writes(page, format_args!("## {heading}\n\n"));
    }
    writes(
        page,
        format_args!("### `{name}`\n\n```text\n{call}\n```\n\n{}\n\n", comment.replace('\n', "\n\n")),
    );
    Ok(())
}

/// Methods by name with their doc comments.
fn documented() -> Result<Vec<(String, String)>, Error> {
    let mut found = Vec::new();
    for item in parse(SOURCE)?.items {
        let Item::Mod(module) = item else { continue };
        for item in module.content.into_iter().flat_map(|(_, items)| items) {
            let Item::Impl(block) = item else { continue };
            if !matches!(&*block.self_ty, Type::Path(path) if path.path.is_ident("policy")) {
                continue;
            }
            for method in block.items {
                if let ImplItem::Fn(method) = method {
                    found.push((method.sig.ident.to_string(), doc(&method.attrs)));
                }
            }
        }
    }
    Ok(found)
}

fn write_counters(page: &mut String) -> Result<(), Error> {
    page.push_str("## Counters\n\n");
    for item in parse(COUNTERS)?.items {
        let Item::Struct(item) = item else { continue };
        writes(
            page,
            format_args!("{}\n\n| counter | counts |\n|---|---|\n", doc(&item.attrs).replace('\n', "\n\n")),
        );
        for field in item.fields {
            let name = field.ident.map(|name| name.to_string()).unwrap_or_default();
            writes(page, format_args!("| `{name}` | {} |\n", doc(&field.attrs)));
        }
    }
    Ok(())
}

fn writes(page: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a String does not fail.
    let _ = page.write_fmt(text);
}
