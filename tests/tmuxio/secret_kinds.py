"""Made-up secrets of many kinds as they stand on screens, and the ways in which a screen lays them out."""

from __future__ import annotations

from dataclasses import dataclass

_R = "q7Zx2Vb9Lm4Kd8Ws1Tn6Rf3Hj5Gp0CyAeUiOoBvNzXcQwErTyUiOpAsDfGh2Jk4Lz6Xc8Vb1Nm3Qw5Er7Ty9"
R16, R20, R24, R32, R36, R40, R64 = (_R[:size] for size in (16, 20, 24, 32, 36, 40, 64))
HEX32 = "9f86d081884c7d659a2feaa0c55ad015"
B64 = "cm9vdDpodW50ZXIyaHVudGVyMg=="
JWT = f"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.{R32}"
SLACK = "12345678901-1234567890123"

# kind, text with the secret between « and »
MARKED = (
    ("openai", f"sk-proj-«{R40}»"),
    ("openai-old", f"sk-«{R36}»"),
    ("anthropic", f"sk-ant-api03-«{R64}»"),
    ("openrouter", f"sk-or-v1-«{R64}»"),
    ("github-classic", f"ghp_«{R36}»"),
    ("github-oauth", f"gho_«{R36}»"),
    ("github-server", f"ghs_«{R36}»"),
    ("github-fine", f"github_pat_11ABCDEFG0«{R40}»"),
    ("gitlab", f"glpat-«{R20}»"),
    ("slack-bot", f"xoxb-«{SLACK}-{R24}»"),
    ("slack-app", f"xapp-1-«A0123456789-1234567890123-{R24}»"),
    ("slack-hook", "https://hooks.slack.com/services/«T01234567/B01234567/q7Zx2Vb9Lm4Kd8Ws1Tn6Rf3H»"),
    ("stripe", f"sk_live_«{R24}»"),
    ("stripe-restricted", f"rk_live_«{R24}»"),
    ("npm", f"npm_«{R36}»"),
    ("pypi", f"pypi-«{R40}{R24}»"),
    ("huggingface", f"hf_«{R36}»"),
    ("google-api", f"AIza«Sy{R32}x»"),
    ("google-oauth", f"ya29.«{R40}»"),
    ("google-client", f"GOCSPX-«{R24}»"),
    ("aws-id", "AKIA«IOSFODNN7Q3XMPLE»"),
    ("azure-ad", f"client secret abc«8Q~{R32}»".replace("abc«", "«abc")),
    ("azure-storage", f"AccountKey=«{R64}{R20}==»;EndpointSuffix=core.windows.net"),
    ("azure-sas", f"https://x.blob.core.windows.net/c?sv=2024&sig=«{R40}%3D»"),
    ("digitalocean", f"dop_v1_«{HEX32}{HEX32}»"),
    ("groq", f"gsk_«{R40}»"),
    ("xai", f"xai-«{R40}»"),
    ("sendgrid", f"SG.«{R20}.{R40}»"),
    ("telegram", f"bot «1234567890:AA{R32}x»"),
    ("vault", f"hvs.«{R24}»"),
    ("docker-pat", f"dckr_pat_«{R24}»"),
    ("jwt", f"«{JWT}»"),
    ("bearer", f"Authorization: Bearer «{R32}»"),
    ("bearer-curl", f'curl -H "Authorization: Bearer «{R32}»" https://api.example.org'),
    ("bearer-bare", f"sent bearer «{R32}»"),
    ("basic", f"Authorization: Basic «{B64}»"),
    ("basic-bare", f"header Basic «{B64}»"),
    ("token-header", f"curl -H 'Authorization: token «{R32}»' https://api.example.org"),
    ("x-api-key", f"x-api-key: «{R20}»"),
    ("private-token", f'curl --header "PRIVATE-TOKEN: «{R20}»" https://gitlab.example.org'),
    ("env-pgpassword", "PGPASSWORD=«hunter2hunter2»"),
    ("env-pgpassword-command", "PGPASSWORD=«hunter2hunter2» psql -h db -U me"),
    ("env-db-pass", "DB_PASS=«hunter2hunter2»"),
    ("env-export", "export DB_PASS=«hunter2hunter2»"),
    ("env-mysql", "MYSQL_PWD=«hunter2hunter2»"),
    ("env-secret-key", "SECRET_KEY=«django-insecure-x9f0k3j5»"),
    ("env-quoted-blanks", 'ADMIN_PASSWORD="«correct horse battery staple»"'),
    ("env-single-quoted-blanks", "ADMIN_PASSWORD='«correct horse battery staple»'"),
    ("env-odd", "DB_PASSWORD=«hun,ter;2&w|rd<x>»"),
    ("env-key", f"DATADOG_API_KEY=«{HEX32}»"),
    ("env-any-key", f"FERNET_KEY=«{R40}=»"),
    ("env-base", f"SECRET_KEY_BASE=«{HEX32}{HEX32}»"),
    ("pwd", "Server=db;Uid=sa;Pwd=«hunter2hunter2»;Database=x"),
    ("pwd-plain", "pwd=«hunter2hunter2»"),
    ("conn-password", "Host=db;Username=me;Password=«hunter2hunter2»;Port=5432"),
    ("dsn-words", "host=db user=me password=«hunter2hunter2» dbname=x"),
    ("jdbc", "jdbc:mysql://db/x?user=me&password=«hunter2hunter2»"),
    ("sudo", "[sudo] password for me: «hunter2 hunter2»"),
    ("ssh-password", "me@host's password: «hunter2hunter2»"),
    ("ssh-passphrase", "Enter passphrase for key '/home/me/.ssh/id_ed25519': «correct horse»"),
    ("git-password", "Password for 'https://me@github.com': «hunter2hunter2»"),
    ("prompt", "Password: «hunter2hunter2»"),
    ("prompt-new", "New password: «hunter2hunter2»"),
    ("prompt-enter", "Enter password: «hunter2hunter2»"),
    ("prompt-vault", "Vault password: «hunter2hunter2»"),
    ("aws-configure", f"AWS Secret Access Key [None]: «{R40}»"),
    ("aws-json", f'"SecretAccessKey": "«{R40}»",'),
    ("aws-session", f'"SessionToken": "«{R64}»",'),
    ("aws-ini", f"aws_secret_access_key = «{R40}»"),
    ("aws-set", f"aws configure set aws_secret_access_key «{R40}»"),
    ("gcp-json", f'"private_key": "-----BEGIN PRIVATE KEY-----\\n«{R64}»\\n-----END PRIVATE KEY-----\\n",'),
    ("json", '"password": "«hunter2 hunter2»",'),
    ("json-tight", '{"user":"me","password":"«hunter2hunter2»"}'),
    ("json-escaped", '{\\"password\\": \\"«hunter2hunter2»\\"}'),
    ("json-client-secret", f'"client_secret": "«{R24}»"'),
    ("json-camel", f'"clientSecret": "«{R24}»"'),
    ("json-api-key", f'"apiKey": "«{R24}»"'),
    ("json-pass", '"pass": "«hunter2hunter2»"'),
    ("python", "password = '«hunter2hunter2»'"),
    ("python-call", f'client = Client(api_key="«{R24}»")'),
    ("python-environ", f'os.environ["API_TOKEN"] = "«{R24}»"'),
    ("yaml", "db_password: «hunter2hunter2»"),
    ("yaml-blanks", "password: «correct horse battery staple»"),
    ("yaml-random", f"encryptionKey: «{R32}»"),
    ("toml", f'token = "«{R24}»"'),
    ("ini", "password=«hunter2hunter2»"),
    ("ruby", "password: '«hunter2hunter2»'"),
    ("php", "'password' => '«hunter2hunter2»',"),
    ("go", 'password := "«hunter2hunter2»"'),
    ("xml-attribute", '<add name="x" password="«hunter2hunter2»" />'),
    ("curl-user", "curl -u me:«hunter2hunter2» https://example.org"),
    ("curl-user-quoted", "curl -u 'me:«hunter2 hunter2»' https://example.org"),
    ("curl-user-late", "curl -sSL https://example.org/x -u me:«hunter2hunter2»"),
    ("curl-user-long", "curl --user me:«hunter2hunter2» https://example.org"),
    ("curl-user-tight", "curl -sume:«hunter2hunter2» https://example.org"),
    ("curl-proxy-user", "curl --proxy-user me:«hunter2hunter2» https://example.org"),
    ("httpie", "http -a me:«hunter2hunter2» example.org"),
    ("cookie", f"Cookie: «sessionid={R24}; csrftoken={R16}»"),
    ("set-cookie", f"Set-Cookie: «sid={R24}»; Path=/; HttpOnly".replace("»; Path=/; HttpOnly", "; Path=/;» HttpOnly")),
    ("curl-cookie", f"curl -b '«session={R24}»' https://example.org"),
    ("curl-cookie-long", f'curl --cookie "«session={R24}»" https://example.org'),
    ("curl-cookie-header", f"curl -H 'Cookie: «session={R24}; a=b»' https://example.org"),
    ("url-password", "git clone https://me:«hunter2hunter2»@example.org/x"),
    ("url-token", f"git clone https://«{R32}»@example.org/x"),
    ("url-token-oauth", f"https://oauth2:«{R24}»@gitlab.example.org/x"),
    ("url-postgres", "postgres://me:«p%40ss/w0rd»@db:5432/x"),
    ("url-mongo", "mongodb+srv://me:«hunter2hunter2»@cluster0.example.net"),
    ("url-redis", "redis://:«hunter2hunter2»@cache:6379/0"),
    ("url-sentry", f"https://«{HEX32}»@o1.ingest.example.io/2"),
    ("url-query", f"https://example.org/x?access_token=«{R24}»&y=1"),
    ("netrc", "machine example.org login me password «hunter2hunter2»"),
    ("netrc-line", "  password «hunter2hunter2»"),
    ("npmrc", f"//registry.example.org/:_authToken=«{R36}»"),
    ("npmrc-auth", f"_auth=«{B64}»"),
    ("npmrc-password", f"//registry.example.org/:_password=«{B64}»"),
    ("pypirc", "password = «hunter2hunter2»"),
    ("pgpass", "db.example.org:5432:x:me:«hunter2hunter2»"),
    ("docker-config", f'"auth": "«{B64}»"'),
    ("docker-login", "docker login -u me -p «hunter2hunter2» registry.example.org"),
    ("docker-login-long", "docker login --username me --password «hunter2hunter2»"),
    ("mysql", "mysql -u root -p«hunter2hunter2» x"),
    ("mysqldump", "mysqldump -h db -uroot -p'«hunter2 hunter2»' x"),
    ("redis-cli", "redis-cli -h cache -a «hunter2hunter2» ping"),
    ("sshpass", "sshpass -p «hunter2hunter2» ssh me@host"),
    ("sshpass-tight", "sshpass -p«hunter2hunter2» ssh me@host"),
    ("ldap", "ldapsearch -x -D cn=admin -w «hunter2hunter2» -b dc=x"),
    ("openssl", "openssl pkcs12 -in x.p12 -passin pass:«hunter2hunter2»"),
    ("option", "login --password «hunter2hunter2» --user me"),
    ("option-equal", "login --password=«hunter2hunter2» --user me"),
    ("option-quoted", "login --password '«hunter2 hunter2»' --user me"),
    ("option-token", f"deploy --token «{R24}»"),
    ("option-api-key", f"tool --api-key «{R24}»"),
    ("option-secret", "kubectl create secret generic x --from-literal=password=«hunter2hunter2»"),
    ("echo-sudo", "echo '«hunter2 hunter2»' | sudo -S ls"),
    ("echo-docker", "echo «hunter2hunter2» | docker login --password-stdin"),
    ("shadow", f"root:$6$«abcdefgh$ {R40}»".replace("$ ", "$")),
    ("said", "the password is «hunter2hunter2»"),
    ("smb", "smbclient //host/share -U me%«hunter2hunter2»"),
    ("htpasswd", "htpasswd -cb .htpasswd me «hunter2hunter2»"),
    ("code-fence-env", "- NPM_TOKEN=«hunter2hunter2»"),
    ("diff", "+ DB_PASSWORD=«hunter2hunter2»"),
    ("numbered", "  12 DB_PASSWORD=«hunter2hunter2»"),
    ("compose", "      - POSTGRES_PASSWORD=«hunter2hunter2»"),
    ("dockerfile", "ENV API_TOKEN=«hunter2hunter2»"),
    ("k8s-yaml", f"  client-secret: «{B64}»"),
    ("unicode", "DB_PASSWORD=«pässwörd-ünïcode»"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Marked:
    """A text, and which of its characters belong to a secret."""

    text: str
    secret: frozenset[int]

    @classmethod
    def of(cls, marked: str) -> Marked:
        text, secret, inside = "", set[int](), False
        for char in marked:
            if char in "«»":
                inside = char == "«"
            else:
                if inside:
                    secret.add(len(text))
                text += char
        return cls(text, frozenset(secret))


def drawn(rows: list[list[tuple[str, bool]]]) -> Marked:
    text, secret = "", set[int]()
    for row in rows:
        for char, belongs in row:
            if belongs:
                secret.add(len(text))
            text += char
        text += "\n"
    return Marked(text, frozenset(secret))


def chars(marked: Marked) -> list[tuple[str, bool]]:
    return [(char, at in marked.secret) for at, char in enumerate(marked.text)]


def plainly(text: str) -> list[tuple[str, bool]]:
    return [(char, False) for char in text]


def broken(marked: Marked, width: int) -> list[list[tuple[str, bool]]]:
    """Break it at a width as a terminal does: in the middle of a word."""
    row = chars(marked)
    return [row[at : at + width] for at in range(0, len(row), width)]


def word_wrapped(marked: Marked, width: int) -> list[list[tuple[str, bool]]]:
    """Break it at blanks, and a longer word at the width, as programs that draw for themselves do."""
    rows, row, word = [], list[tuple[str, bool]](), list[tuple[str, bool]]()
    for char in [*chars(marked), (" ", False)]:
        if char[0] != " ":
            word.append(char)
            continue
        if row and len(row) + 1 + len(word) > width:
            rows.append(row)
            row = []
        if row:
            row.append((" ", False))
        row += word
        word = []
        while len(row) > width:
            rows.append(row[:width])
            row = row[width:]
    return [*rows, row]


def soft_wrapped(marked: Marked, width: int) -> Marked:
    return drawn(broken(marked, width))


def framed(marked: Marked, width: int, *, words: bool = True, sides: str = "││", pad: int = 1) -> Marked:
    """In a box `width` cells wide, as the agents' programs draw it."""
    inner = width - 2 - 2 * pad
    rows = word_wrapped(marked, inner) if words else broken(marked, inner)
    blank = " " * pad
    body = [plainly(sides[0] + blank) + row + plainly(" " * (inner - len(row)) + blank + sides[1]) for row in rows]
    return drawn([plainly("╭" + "─" * (width - 2) + "╮"), *body, plainly("╰" + "─" * (width - 2) + "╯")])


def indented(marked: Marked, width: int, *, first: str = "  ⎿  ", margin: int = 0, words: bool = True) -> Marked:
    """Behind a bullet, the following rows at its indent."""
    inner = width - len(first) - margin
    rows = word_wrapped(marked, inner) if words else broken(marked, inner)
    return drawn([plainly(first if number == 0 else " " * len(first)) + row for number, row in enumerate(rows)])


def barred(marked: Marked, width: int) -> Marked:
    """Behind a bar at the left, without one at the right."""
    return drawn([plainly("┃  ") + row for row in word_wrapped(marked, width - 5)])


def beside(marked: Marked, width: int) -> Marked:
    """In the left one of two columns."""
    rows = word_wrapped(marked, width - 4)
    other = ("files changed", "src/main.py", "README.md", "tests", "docs", "and 3 more")
    return drawn([
        plainly("│ ") + row + plainly(" " * (width - 4 - len(row)) + " │ " + other[n % 6].ljust(14) + " │")
        for n, row in enumerate(rows)
    ])  # fmt: skip
