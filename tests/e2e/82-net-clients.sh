#!/bin/sh
# Goal of this test: real programs reach what is allowed and nothing else, with
# the proxy variables and without any, over HTTP, TLS, ssh, git and PostgreSQL;
# what is refused is named in an event, and nobody came.
# shellcheck disable=SC2016,SC2086 # text for the cage; words
NETLAB_WANT='sshd postgres'
export NETLAB_WANT
. "$(dirname "$0")/netlab.sh"
. "$(dirname "$0")/../lib.sh"
PATH=$PATH:/usr/sbin:/usr/lib/postgresql/15/bin:/usr/lib/postgresql/17/bin
for f in ca.pem key; do
  [ ! -e "$LAB/$f" ] || cp "$LAB/$f" "$W/"
done
events=$T/events
user=$(id -un)
bare='env -i PATH=/usr/local/bin:/usr/bin:/bin'

# client NAME TOOL WORDS TEXT: TEXT, with $HOST, prints WORDS from web.test, both
# with variables and without, and fails for other.test.
client() {
  if ! have "$2"; then
    skip "$1" "$2 is not installed"
    return
  fi
  for how in with without; do
    prefix='env'
    [ $how = with ] || prefix=$bare
    : >"$LAB/seen"
    csb --net proxy --allow-domain web.test -- $prefix HOST=web.test HOME="$W" sh -c "$4"
    works "$1, $how variables: reaches what is allowed"
    has "$1, $how variables: and hears it" "$out" "$3"
    : >"$LAB/seen"
    : >"$events"
    csb --net proxy --allow-domain web.test --net-events "$events" -- \
      $prefix HOST=other.test HOME="$W" sh -c "$4"
    fails "$1, $how variables: not what is not"
    has "$1, $how variables: which is named" \
      "$(grep '"decision":"deny"' "$events")" '"host":"other.test"'
    is "$1, $how variables: nobody came" "$(cat "$LAB/seen")" ''
  done
}

client 'curl, HTTP' curl 'hello from' 'curl -sSf -m 9 http://$HOST/'
client 'curl, TLS' curl 'hello from' 'curl -sSf -m 9 --cacert ca.pem https://$HOST/'
client 'curl, another port' curl 'hello from' 'curl -sSf -m 9 http://$HOST:8080/'
client 'wget, HTTP' wget 'hello from' 'wget -qO - -T 9 -t 1 http://$HOST/'
client 'wget, TLS' wget 'hello from' \
  'wget -qO - -T 9 -t 1 --ca-certificate=ca.pem https://$HOST/'
client 'python urllib' python3 'hello from' '/usr/bin/python3 -c "import os, urllib.request
print(urllib.request.urlopen(\"http://%s/\" % os.environ[\"HOST\"], timeout=9).read().decode())"'
if /usr/bin/python3 -c 'import requests' 2>/dev/null; then
  client 'python requests, TLS' python3 'hello from' '/usr/bin/python3 -c "import os, requests
r = requests.get(\"https://%s/\" % os.environ[\"HOST\"], timeout=9, verify=\"ca.pem\"); r.raise_for_status(); print(r.text)"'
else
  skip 'python requests, TLS' 'python3-requests is not installed'
fi
client 'python asyncio' python3 'hello on 7777' '/usr/bin/python3 -c "import asyncio, os
async def f():
    r, w = await asyncio.open_connection(os.environ[\"HOST\"], 7777); print(await r.readline()); w.close()
asyncio.run(asyncio.wait_for(f(), 9))"'
client 'node fetch' node 'hello from' 'node -e "fetch(\"http://\" + process.env.HOST + \"/\").then(async r => {
  if (!r.ok) throw r.status; console.log(await r.text()) }).catch(e => { console.log(e); process.exit(1) })"'
client 'node net' node 'hello on 7777' 'node -e "require(\"net\").connect(7777, process.env.HOST)
  .on(\"data\", d => { console.log(String(d)); process.exit(0) }).on(\"error\", e => { console.log(e); process.exit(1) })"'
client 'openssl' openssl 'Verify return code: 0' \
  'openssl s_client -connect $HOST:443 -servername $HOST -CAfile ca.pem </dev/null'
mkdir "$LAB/www/apt"
printf 'Package: hello\nVersion: 1\nArchitecture: all\nFilename: hello.deb\nSize: 1\n' >"$LAB/www/apt/Packages"
client 'apt' apt-get 'Reading package lists' 'mkdir -p apt/lists/partial apt/cache/archives/partial &&
  echo "deb [trusted=yes] http://$HOST:80/apt ./" >apt/sources.list && : >apt/status &&
  apt-get -o Dir::State=$PWD/apt -o Dir::State::status=$PWD/apt/status -o Dir::Cache=$PWD/apt/cache \
    -o Dir::Etc=$PWD/apt -o Dir::Etc::sourcelist=$PWD/apt/sources.list -o Dir::Etc::sourceparts=- \
    -o Acquire::Retries=0 -o Acquire::http::Timeout=9 -o APT::Update::Error-Mode=any update'
if [ -e "$LAB/key" ] && have sshd; then
  ssh='ssh -F none -i key -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=known -o ConnectTimeout=9'
  chmod 600 "$W/key"
  client 'ssh' ssh 'over ssh' "$ssh $user@\$HOST echo over ssh"
  yes 'a repository of the other machine' env LAB="$LAB" T="$T" sh -c '
    git init -q --bare "$LAB/repo.git" && git init -q "$T/r" && cd "$T/r" &&
    git -c user.name=t -c user.email=t@t commit -q --allow-empty -m first &&
    git push -q "$LAB/repo.git" HEAD:refs/heads/main && git -C "$LAB/repo.git" symbolic-ref HEAD refs/heads/main'
  client 'git over ssh' git 'first' \
    "GIT_SSH_COMMAND='$ssh' git clone -q ssh://$user@\$HOST$LAB/repo.git /tmp/r && git -C /tmp/r log --format=%s"
else
  skip 'ssh, git over ssh' 'openssh-server is not installed'
fi
if have psql && have initdb; then
  wait_for 20 grep -q 'ready to accept' "$LAB/pg.log"
  client 'psql' psql '42' 'psql -At "host=$HOST user=test dbname=postgres connect_timeout=9" -c "select 6 * 7"'
else
  skip 'psql' 'postgresql is not installed'
fi
cat >"$W/Get.java" <<'JAVA'
import java.net.*;
import java.net.http.*;
public class Get {
  public static void main(String[] a) throws Exception {
    URI uri = URI.create("http://" + System.getenv("HOST") + "/");
    HttpResponse<String> r = HttpClient.newHttpClient().send(HttpRequest.newBuilder(uri).build(),
      HttpResponse.BodyHandlers.ofString());
    System.out.println(r.body());
    HttpURLConnection c = (HttpURLConnection) uri.toURL().openConnection();
    if (r.statusCode() != 200 || c.getResponseCode() != 200) System.exit(1);
  }
}
JAVA
if have java && (cd "$W" && timeout 60 javac Get.java) >/dev/null 2>&1; then
  client 'java' java 'hello from' 'java -Xshare:auto -cp . Get'
else
  skip 'java' 'no compiler of Java is installed'
fi

# git over HTTP through CONNECT and absolute form, and what a 403 says.
csb --net proxy --allow-domain web.test -- curl -sS -m 9 -D - http://other.test/
has 'the refusal of the proxy says why, for machines' "$out" 'x-proxy-error: blocked-by-allowlist'
has '... and for people' "$out" 'not in allowlist'
csb --net proxy --allow-domain web.test -- curl -sS -m 9 -p -D - --cacert ca.pem https://other.test/
has 'so does CONNECT' "$out" 'x-proxy-error: blocked-by-allowlist'
csb --net proxy --allow-domain web.test -- curl -sS -m 9 -x socks5h://127.0.0.1:3128 http://web.test/
has 'SOCKS5 with a name' "$out" 'hello from web.test'
csb --net proxy --allow-domain web.test -- curl -sS -m 9 -x socks5h://127.0.0.1:3128 http://other.test/
fails 'SOCKS5 with one that is not allowed'
csb --net proxy --allow-domain web.test -- sh -c \
  'curl -sS -m 9 http://web.test/big | wc -c; curl -sS -m 9 --noproxy "*" http://web.test/big | wc -c'
is 'four megabytes, by both doors' "$out" '4194304
4194304'
finish
