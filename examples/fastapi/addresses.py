"""One spelling for one mailbox: an e-mail address is refused or brought into its only form."""

import re
import unicodedata

ATOM = r"[a-z0-9!#$%'*+/=?^_`{|}~-]+"
LABEL = r"(?!-)[a-z0-9-]{1,63}(?<!-)"
# At most 64 characters before the @; the last label has two or more characters and is no number.
ADDRESS = re.compile(rf"(?=[^@]{{1,64}}@){ATOM}(\.{ATOM})*@({LABEL}\.)+(?=..)(?=[0-9-]*[a-z]){LABEL}")


def normalised(raw: str) -> str:
    """Lower case, ASCII. Full-width variants become the plain address; dotless i and the like are refused."""
    text = unicodedata.normalize("NFKC", raw).lower()
    if any(c.isspace() or not c.isprintable() for c in raw) or len(text) > 254 or not ADDRESS.fullmatch(text):
        raise ValueError("must be an e-mail address like name@example.com")
    return text
