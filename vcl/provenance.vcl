# The policy in Varnish: what a site includes, behind its own import and object and before any other vcl_recv.
#
#     vcl 4.1;
#     import provenance;
#     sub vcl_init { new edge = provenance.policy("/etc/provenance/policy.yaml"); }
#     include "provenance.vcl";
#
# It labels each request, takes off its URL what must not be in a cache key, and keeps sitemaps from those whom section
# `sitemaps` of the policy does not let in. It refuses nothing else. To act on more, write a vcl_recv of your own behind the
# include; docs/vmod.md has recipes.

sub vcl_recv {
    # none unsigned malformed unknown_key forged early stale valid
    #
    # A request header: varnishlog shows it and the origin gets it; the client never sees it. Set each time, so that what a
    # client sent or an ESI parent left here does not count. A restart finds the same as before.
    #
    # All callers of an image share its object: an answer that depends on this label must not be cached, or must say
    # "Vary: X-Image-Provenance".
    set req.http.X-Image-Provenance = edge.verify();

    # A policy without section `sitemaps`, or with `shadow: true` in it, refuses nobody.
    if (edge.sitemap_denied()) {
        return (synth(403, "Refused by policy"));
    }

    # From here on hash, purge, ban, pass and origin see the image's own URL: one object, however it was sealed, and no token.
    # edge.site(), edge.session() and the others still answer for the URL as it came.
    set req.url = edge.strip(req.url);
}

# The answer to whoever is refused by `return (synth(403, "Refused by policy"))`: what was wrong, what to do, whom to write to; as
# problem details (JSON), a page or text, by what the client accepts.
sub vcl_synth {
    if (resp.status == 403 && resp.reason == "Refused by policy" && edge.error_content_type()) {
        set resp.http.Content-Type = edge.error_content_type();
        set resp.http.Cache-Control = "no-store";
        set resp.http.Vary = "Accept, Origin";
        set resp.http.X-Content-Type-Options = "nosniff";
        if (edge.error_content_security_policy()) {
            set resp.http.Content-Security-Policy = edge.error_content_security_policy();
        }
        # Scripts of other sites may read it, too: it says nothing that their servers could not ask for themselves. With the cookies of
        # whoever looks at such a site they may not read that sitemaps are refused: it would tell them who is logged in.
        if (req.http.Origin) {
            set resp.http.Access-Control-Allow-Origin = req.http.Origin;
            if (!edge.sitemap_denied()) {
                set resp.http.Access-Control-Allow-Credentials = "true";
            }
        }
        set resp.body = edge.error_page();
        return (deliver);
    }
}
