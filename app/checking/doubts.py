"""Words by which an answer takes back, or tells as others', what stands beside them: nothing there is its own statement."""

from __future__ import annotations

import re

#: Words that take a number back, or say that it is another's: nothing before them is a statement of the answer's.
DOUBTED = re.compile(
    r"\b(?:mistake\w*|incorrect\w*|wrong\w*|erroneous\w*|instead of|rather than|confus\w+|mix(?:ed|ing)? up|not to be|do(?:es)? not|don[’']t|never|cannot|isn[’']t|is not|misquot\w*"
    r"|misprint\w*|typo|claim(?:s|ed)?|suppos\w+|assum\w+|imagin\w+|hypothetical\w*|if|would be|might|e\.g\.|say|let[’']s|not|unlike|versus|vs\.?|should have been|once|too many|too few|wrong by|would have)\b[^.;]{0,60}$",
    re.IGNORECASE,
)
#: The same before a quantity that is converted, or a sum.
TAKEN_BACK = re.compile(
    r"\b(?:not|n[’']t|wrong\w*|incorrect\w*|mistake\w*|instead|rather|suppose|claim\w*|confus\w*)\b[^.;]{0,50}$", re.I
)
#: Sentences that tell what others get wrong.
REPORTED = re.compile(
    r"\b(?:slips?|misconception|(?:wrote|writes|said|claimed|claims|thought|believes?|insists?|heard|read) that|common (?:mistake|error)s?|students?\b[^.]{0,30}\b(?:answer|write|give|say)|some claim|pitfall|do not (?:write|use|confuse)|don[’']t (?:write|use|confuse)|never write|often (?:misquoted|confused)|wrongly|mistakenly|erroneously|misprint)",
    re.IGNORECASE,
)
#: What is denied just before a statement: then it says nothing of what it holds.
DENIED = re.compile(r"\b(?:not|n[’']t|neither|nor|never)\b[^.;:]{0,50}$|\bisn[’']t\b[^.;:]{0,50}$", re.IGNORECASE)
