# The Varnish of the demo and of the end-to-end test: what a site writes, and headers that let a person look inside.
vcl 4.1;

import std;

# Written when the chain starts: `import provenance` from where cargo has put it, and `backend origin` with its port.
include "local.vcl";

sub vcl_init {
    new edge = provenance.policy(std.getenv("PROVENANCE_POLICY"));
}

include "provenance.vcl";

sub vcl_deliver {
    set resp.http.X-Cache = "miss";
    if (obj.hits > 0) {
        set resp.http.X-Cache = "hit";
    }
    set resp.http.X-Image-Provenance = edge.verify();
}
