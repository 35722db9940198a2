use std::net::IpAddr;

/// Whether a `Host` is what a person or a tool on this machine would write: an address or `localhost`.
///
/// A page from elsewhere, open in a browser on this machine or at the other end of a tunnel, could have its own name resolve to
/// 127.0.0.1 and read what is answered there (DNS rebinding). Its requests carry that name.
pub(super) fn is_of_this_machine(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.rsplit_once(':').map_or(host, |(name, _)| name),
    };
    name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_localhost_are_of_this_machine_and_names_are_not() {
        for host in ["127.0.0.1:9101", "127.0.0.1", "[::1]:9101", "[::1]", "localhost:9101", "LOCALHOST"] {
            assert!(is_of_this_machine(host), "{host}");
        }
        for host in ["", "example.org", "example.org:9101", "localhost.example.org", "[example.org]", ":9101"]
        {
            assert!(!is_of_this_machine(host), "{host}");
        }
    }
}
