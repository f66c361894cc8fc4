"""What counts as a secret, and how it is masked."""

from __future__ import annotations

import pytest

from xetrack.model.locations import shown_location, without_secrets
from xetrack.model.secrets import has_secret, is_secret_name, mask_command, mask_text

LONG = "a1B2c3D4e5F6g7H8i9J0" * 3
SHAPES = {
    "AKIA" + "A1B2C3D4E5F6G7H8": "an access key of Amazon",
    f"ghp_{LONG[:36]}": "a token of GitHub",
    f"github_pat_{LONG}": "a newer one",
    f"glpat-{LONG[:20]}": "a token of GitLab",
    f"sk-proj-{LONG}": "a key of OpenAI",
    f"sk-ant-api03-{LONG}": "a key of Anthropic",
    f"hf_{LONG[:34]}": "a token of Hugging Face",
    f"xoxb-1234567890-{LONG[:24]}": "a token of Slack",
    f"AIza{LONG[:35]}": "a key of Google",
    f"ya29.{LONG}": "a token of Google",
    f"sk_live_{LONG[:24]}": "a key of Stripe",
    f"SG.{LONG[:22]}.{LONG[:43]}": "a key of SendGrid",
    f"npm_{LONG[:36]}": "a token of npm",
    f"pypi-{LONG}": "a token of PyPI",
    f"dckr_pat_{LONG[:27]}": "a token of Docker",
    f"eyJ{LONG[:20]}.eyJ{LONG[:20]}.{LONG[:20]}": "a JSON web token",
    f"-----BEGIN RSA PRIVATE KEY-----\n{LONG}\n-----END RSA PRIVATE KEY-----": "a private key",
}
SECRET = "hunter2-long"
TEXTS = [
    f"--password={SECRET}",
    f"--api-key={SECRET}",
    f"api_key={SECRET} and more",
    f"apiKey:{SECRET}",
    f"token={SECRET}",
    f"Authorization: Bearer {SECRET}",
    f"--header=Authorization: Bearer {SECRET}",
    f'{{"api_key": "{SECRET}", "epochs": 3}}',
    f"{{'client_secret': '{SECRET}'}}",
    f"--db=host=there user=ada password={SECRET} port=5",
    f"--conn=Server=x;Uid=sa;Pwd={SECRET};Database=y",
    f"https://ada:{SECRET}@host/path",
    f"https://{SECRET}@host/path",
    f"postgresql://ada:{SECRET}/with/slashes@host:5432/db",
    f"postgresql://host/db?sslpassword={SECRET}&port=5",
    f"https://host/blob?sv=2020&sig={SECRET}",
    f"https://host/x?X-Amz-Signature={SECRET}#top",
    f"https://hooks.slack.com/services/T0/B0/{SECRET}",
    f"DefaultEndpointsProtocol=https;AccountName=ada;AccountKey={SECRET}==;EndpointSuffix=x",
    f"import os; os.environ['HF_TOKEN'] = 1; password = '{SECRET}'",
    f"env.WANDB_API_KEY={SECRET}",
    f"cookie: session={SECRET}; theme=dark",
]
COMMANDS = [
    ["--password", SECRET],
    ["--hf-token", SECRET],
    ["-token", SECRET],
    ["--apiKey", SECRET],
    ["--user", f"ada:{SECRET}"],
    ["-H", f"Authorization: Basic {SECRET}"],
    ["--env", f"MYSQL_PWD={SECRET}"],
    ["WANDB_API_KEY=" + SECRET, "run"],
    ["-c", f"login(token='{SECRET}')"],
]


@pytest.mark.parametrize("shape", SHAPES, ids=SHAPES.values())
def test_what_has_the_form_of_a_secret_is_masked(shape):
    """Wherever it stands."""
    assert "***" == mask_text(shape)
    masked = mask_text(f"logged in with {shape} as ada")
    assert ("logged in with *** as ada", True) == (masked, has_secret(f"x = [{shape}]"))


@pytest.mark.parametrize("text", TEXTS)
def test_what_has_the_name_of_a_secret_is_masked(text):
    """In options, variables, URLs, headers, JSON, connection strings and code."""
    assert SECRET not in mask_text(text)
    assert "***" in mask_text(text)
    assert all(SECRET not in argument for argument in mask_command(["run", text]))


@pytest.mark.parametrize("command", COMMANDS, ids=str)
def test_the_value_of_a_secret_option_is_masked(command):
    """Also where it is an argument of its own."""
    masked = mask_command(["python", "train.py", *command, "--lr", "0.1"])
    assert SECRET not in " ".join(masked)
    assert ["python", "train.py"] == masked[:2]
    assert ["--lr", "0.1"] == masked[-2:]


@pytest.mark.parametrize(
    "text",
    [
        "--monkey=1",
        "KEYBOARD=de",
        "author=ada",
        "--authors=ada",
        "--sort-key=loss",
        "--pad-token=[PAD]",
        "--max-tokens=100",
        "tokens: 5",
        "--tokenizer=bpe",
        "--password-file=/run/secrets/db",
        "--token-limit=5",
        "--secret-name=db",
        "--passes=3",
        "--backward-pass=2",
        "--bypass=1",
        "--compass=north",
        "--public-key=ssh-ed25519",
        "--primary-key=id",
        "--turkey=1",
        "--design=x",
        "--session=3",
        "signal=1",
        "http://host:8080/a@b",
        "https://host/path?page=2&order=asc#key",
        "C:\\Users\\ada\\train.py",
        "git@github.com:ada/repo.git",
        "/data/keys/train.csv",
        "model=sk-learn-model-very-long-name"[:20],
        "data/2024-01-01T10:00:00",
        "a:b:c",
        "{'lr': 0.1, 'key_count': 3}",
    ],
)
def test_harmless_words_stay(text):
    """Or nobody could run the command again."""
    assert text == mask_text(text)
    assert ["run", text] == mask_command(["run", text])


@pytest.mark.parametrize(
    "command",
    [
        ["--monkey", "1"],
        ["--use-auth", "yes"],
        ["--sort-key", "loss"],
        ["--token", "--lr", "0.1"],
        ["--user", "ada"],
        ["-u", "script.py:main"],
    ],
    ids=str,
)
def test_harmless_options_stay(command):
    """With their values."""
    assert command == mask_command(command)


@pytest.mark.parametrize(
    "name",
    [
        "PASSWORD", "PGPASSWORD", "password1", "db_password", "DB_PASSWORD_PROD", "SMTP_PASS",
        "HF_TOKEN", "accessToken", "CLIENT_SECRET", "AWS_SECRET_ACCESS_KEY", "API_KEY_OPENAI",
        "apikey", "APIKey", "SECRET_KEY_BASE", "sslpassword", "passwd", "key", "SENTRY_DSN",
        "GOOGLE_APPLICATION_CREDENTIALS", "x-api-key", "cookie", "auth",
    ],
)  # fmt: skip
def test_names_of_secrets(name):
    """However they are written."""
    assert is_secret_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "", "1", "KEYBOARD", "monkey", "author", "tokens", "token_count", "n_tokens", "passive",
        "keys", "sslkeylogfile", "target_session_attrs", "require_auth", "passfile", "sslmode",
    ],
)  # fmt: skip
def test_names_of_no_secrets(name):
    """Though one may be in them."""
    assert not is_secret_name(name)


def test_locations_have_the_same_secrets():
    """There is one meaning of what a secret is."""
    url = f"s3://bucket/runs?secret_access_key={SECRET}&region=eu&api-key={SECRET}"
    assert "s3://bucket/runs?secret_access_key=***&region=eu&api-key=***" == shown_location(url)
    assert "s3://bucket/runs?region=eu" == without_secrets(url)


def test_code_full_of_names_has_no_secret():
    """Only values count, and those from elsewhere do not."""
    assert not has_secret(
        "token = next(tokens)\nkey = jax.random.key(0)\npassword = os.environ['PASSWORD_OF_DB']\n"
        "sort_key='validation_loss'\nurl = f'https://{user}:{password}@host'\n"
        "api_key: str | None = None\n"
    )
    assert has_secret(f"url = 'https://ada:{SECRET}@host'")
    assert has_secret(f'"api_key": "{SECRET}"')
