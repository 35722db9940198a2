B=http://$1
c() { curl -s -o /dev/null --noproxy '*' -m 5 "$@"; }
c -A 'Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0' -H 'Host: en.wikipedia.example.org' -e 'https://www.example.org/?q=s3cret' "$B/wiki/Main_Page?token=s3cret"
c -A 'python-requests/2.32.3' -H 'Host: upload.example.org' "$B/wikipedia/commons/a/a9/Example.jpg"
c -A '' -H 'Host: upload.example.org' "$B/404/x"
c -A 'ExampleBot/2.1 (https://example.org/bot; bot@example.org)' -H 'Host: upload.example.org' -X HEAD -I "$B/429"
c -A $'Tool "quoted" \\ back|slash {brace} #hash ] caf\xc3\xa9 \xe9 \ttab' -H 'Host: upload.example.org' "$B/a%20b/c?d=%22e%22&f=\"g\""
c -A 'curl/8.5.0' --request-target 'http://absolute.example.org/path?x=y' "$B/"
c -A 'curl/8.5.0' --path-as-is "$B/#frag|pipe"
printf 'GET /no-version\r\n\r\n' | timeout 3 bash -c "exec 3<>/dev/tcp/${1%:*}/${1##*:}; cat >&3; cat <&3" >/dev/null
printf '\x16\x03\x01\x02\x00\x01' | timeout 3 bash -c "exec 3<>/dev/tcp/${1%:*}/${1##*:}; cat >&3; cat <&3" >/dev/null
printf 'POST /api HTTP/1.0\r\nUser-Agent: first/1 (a@example.org)\r\nUser-Agent: second/2\r\nContent-Length: 0\r\n\r\n' | timeout 3 bash -c "exec 3<>/dev/tcp/${1%:*}/${1##*:}; cat >&3; cat <&3" >/dev/null
