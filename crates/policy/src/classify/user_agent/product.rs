//! Product tokens.

/// Name of the first product (RFC 9110, 10.1.5), in its own case:
///
/// ```text
/// User-Agent = product *( RWS ( product / comment ) )
/// product    = token ["/" product-version]
/// ```
///
/// Reads more than tokens, since clients send more: `LWP::Simple/6.72`. Empty where a comment comes first.
pub(crate) fn leading_product(user_agent: &[u8]) -> &[u8] {
    user_agent.split(|byte| !is_product_byte(*byte)).next().unwrap_or_default()
}

/// Whether a byte may stand in the name of a product.
pub(super) fn is_product_byte(byte: u8) -> bool {
    byte.is_ascii_graphic() && !matches!(byte, b'/' | b'(' | b')' | b';' | b',')
}
