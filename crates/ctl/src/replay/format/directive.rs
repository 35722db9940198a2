//! The directives of a format string, as Apache's `mod_log_config` and varnishncsa(1) know them.

use super::layout::LayoutError;

/// What a directive stands for, as far as a policy asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Field {
    /// Nothing that a policy asks for.
    Skipped,
    Ip,
    /// `20/Nov/2026:14:35:06 +0000`, the brackets around it being literals.
    NcsaTime,
    /// A number since the epoch; so many make a second.
    EpochTime(u32),
    /// By this format of strftime(3).
    Strftime(Box<str>),
    Request,
    Method,
    Path,
    Query,
    Protocol,
    Host,
    Status,
    /// The request header of this name, in lower case.
    Header(Box<[u8]>),
}

/// A literal or a directive of a format string.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Literal(char),
    Field(Field),
}

/// The pieces of a format string.
pub(super) fn pieces(format: &str) -> Result<Vec<Piece>, LayoutError> {
    let mut pieces = Vec::new();
    let mut rest = format;
    while let Some(first) = rest.chars().next() {
        let after = rest.get(first.len_utf8()..).unwrap_or_default();
        rest = match first {
            '%' => directive(after, &mut pieces)?,
            // As it stands in Apache's configuration.
            '\\' if after.starts_with(['"', '\\']) => {
                pieces.extend(after.chars().next().map(Piece::Literal));
                after.get(1..).unwrap_or_default()
            }
            '\\' if after.starts_with('t') => {
                pieces.push(Piece::Literal('\t'));
                after.get(1..).unwrap_or_default()
            }
            literal => {
                pieces.push(Piece::Literal(literal));
                after
            }
        };
    }
    Ok(pieces)
}

/// Reads what stands behind a `%`, and returns what follows.
fn directive<'f>(text: &'f str, pieces: &mut Vec<Piece>) -> Result<&'f str, LayoutError> {
    let unknown = |length: usize| {
        let directive = text.get(..length).unwrap_or(text);
        LayoutError::Directive(format!("%{directive}"))
    };
    // Apache: only for these statuses, of the first or of the last request of a redirect.
    let modified = text.trim_start_matches(|c: char| c.is_ascii_digit() || "!,<>".contains(c));
    let (argument, rest) = match modified.strip_prefix('{') {
        Some(inner) => inner.split_once('}').ok_or_else(|| unknown(text.len()))?,
        None => ("", modified),
    };
    let letter = rest.chars().next().ok_or_else(|| unknown(text.len()))?;
    let after = rest.get(letter.len_utf8()..).unwrap_or_default();
    let field = match letter {
        '%' => {
            pieces.push(Piece::Literal('%'));
            return Ok(after);
        }
        't' if argument.is_empty() => {
            pieces.extend([Piece::Literal('['), Piece::Field(Field::NcsaTime), Piece::Literal(']')]);
            return Ok(after);
        }
        'h' | 'a' => Field::Ip,
        't' => time(argument),
        'r' => Field::Request,
        'm' => Field::Method,
        'U' => Field::Path,
        'q' => Field::Query,
        'H' => Field::Protocol,
        'v' | 'V' => Field::Host,
        's' => Field::Status,
        'i' if !argument.is_empty() => Field::Header(argument.to_ascii_lowercase().into_bytes().into()),
        // What else the two know, and a policy does not ask for.
        'A' | 'b' | 'B' | 'C' | 'D' | 'e' | 'f' | 'F' | 'I' | 'k' | 'l' | 'L' | 'n' | 'o' | 'O' | 'p'
        | 'P' | 'R' | 'S' | 'T' | 'u' | 'x' | 'X' => Field::Skipped,
        _ => return Err(unknown(text.len().saturating_sub(after.len()))),
    };
    pieces.push(Piece::Field(field));
    Ok(after)
}

/// The argument of `%{…}t`.
fn time(argument: &str) -> Field {
    let format =
        ["begin:", "end:"].iter().find_map(|prefix| argument.strip_prefix(prefix)).unwrap_or(argument);
    match format {
        "sec" => Field::EpochTime(1),
        "msec" => Field::EpochTime(1_000),
        "usec" => Field::EpochTime(1_000_000),
        "msec_frac" | "usec_frac" => Field::Skipped,
        format => Field::Strftime(format.into()),
    }
}
