# Tells a client what `edge` has found out about its request; NULL is an empty header.

sub tell {
    set resp.http.Session = edge.session();
    set resp.http.Subject = edge.subject();
    set resp.http.Tier = edge.tier();
    set resp.http.Labels = edge.labels();
    set resp.http.Ua-Class = edge.ua_class();
    set resp.http.Contact = edge.contact();
    set resp.http.Client = edge.client();
    set resp.http.Browser-Score = edge.browser_score();
    set resp.http.Is-Sitemap = edge.is_sitemap();
    set resp.http.Sitemap-Denied = edge.sitemap_denied();
    set resp.http.Denied = edge.denied();
    set resp.http.Reason = edge.reason();
    set resp.http.Code = edge.code();
    set resp.http.Error-Content-Type = edge.error_content_type();
}

sub vcl_deliver {
    call tell;
}

sub vcl_synth {
    call tell;
}
