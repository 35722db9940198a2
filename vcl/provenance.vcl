# Image provenance: what a site includes, behind its own import and object and before any other vcl_recv.
#
#     vcl 4.1;
#     import provenance;
#     sub vcl_init { new edge = provenance.policy("/etc/provenance/policy.yaml"); }
#     include "provenance.vcl";
#
# It labels each request and takes the provenance parameters off its URL. It refuses nothing. To act on the label, write a
# vcl_recv of your own behind the include; docs/vmod.md has recipes.

sub vcl_recv {
    # none unsigned malformed unknown_key forged early stale valid
    #
    # A request header: varnishlog shows it and the origin gets it; the client never sees it. Set each time, so that what a
    # client sent or an ESI parent left here does not count. A restart finds the same as before.
    #
    # All callers of an image share its object: an answer that depends on this label must not be cached, or must say
    # "Vary: X-Image-Provenance".
    set req.http.X-Image-Provenance = edge.verify();

    # From here on hash, purge, ban, pass and origin see the image's own URL: one object, however it was sealed.
    # edge.site(), edge.age() and the others still answer for the URL as it came.
    set req.url = edge.strip(req.url);
}
