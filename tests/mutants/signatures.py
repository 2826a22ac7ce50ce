"""Mutants of who somebody is: tokens, their claims, keys, sessions, passwords, what mails carry."""

from tests.mutants.mutant import EVERY, Mutant, declared

TOKENS = declared(
    "token", "chalicelib/core/tokens.py", "tests/core/test_tokens.py",
    ("the signature", "text = self._jws.decode(signed, key, algorithms=[_ALGORITHM])",
     "text = self._jws.decode(signed, key, options={'verify_signature': False})"),
    ("the header of a known key", "key = self._key_by_header.get(header)",
     "key = next(iter(self._key_by_header.values()))"),
    ("padding", ' or "=" in rest', ""),
    ("the number of segments", ' or rest.count(".") != 1', ""),
    ("the length", "if len(token) > MAX_TOKEN_LENGTH:", "if False:"),
    ("a claim that is there twice", "if len(found) != len(pairs):", "if False:"),
    ("iss", 'payload["iss"] != self._issuer or ', ""),
    ("aud", ' or payload["aud"] != self._audience', ""),
    ("the prefix against typ", "if (claims.kind is TokenKind.API_KEY) != is_api_key:", "if False:"),
    ("exp", "if claims.expires_at <= now:", "if False:"),
    ("exp by one second", "if claims.expires_at <= now:", "if claims.expires_at < now:"),
    ("iat in the future", "if claims.issued_at > now + CLOCK_LEEWAY_SECONDS:", "if False:"),
    ("claims unknown", "payload.keys() != _CLAIMS:", "not payload.keys() >= _CLAIMS:"),
    ("claims missing", "payload.keys() != _CLAIMS:", "not payload.keys() <= _CLAIMS:"),
    ("claims are texts", 'if not all(isinstance(payload[name], str) for name in _CLAIMS - {"exp", "iat"}):', "if False:"),
    ("times are whole numbers", "if type(issued_at) is not int or type(expires_at) is not int:", "if False:"),
    ("the longest life", " <= issued_at + LONGEST_LIFE[kind]:", ":"),
    ("iat before exp", "if not 0 < issued_at < expires_at", "if not 0 < issued_at and expires_at"),
    ("a role is a word", 'if not _ROLE.fullmatch(payload["role"]):', "if False:"),
    ("ids in canonical form", "if str(value) != text:", "if False:"),
    ("the form of an opaque token", "if not _OPAQUE_TOKEN.fullmatch(token):", "if False:"),
)  # fmt: skip

AUTHORIZER = declared(
    "authorizer", "chalicelib/api/authorizer.py", "tests/api/test_authorizer.py",
    ("the scheme", 'if scheme.lower() != "bearer":', "if False:"),
    ("the verification", "claims = known.verify(token)", "claims = known.verify(token.strip())"),
    ("a role that exists", "except (InvalidToken, ValueError):", "except InvalidToken:"),
    ("how long it is kept", "ttl_seconds=60", "ttl_seconds=300"),
) + declared(
    "authorizer", "chalicelib/api/policy.py", "tests/api/test_policy.py",
    ("a denial", '("Deny", covered.deny)', '("Deny", ())'),
    ("one API and stage", ':{api_id}/{stage}/")', ':*/*/")'),
    ("roles apart", "return _document(role, f", "return _document(Role.ADMIN, f"),
    ("the ARN", 'if (arn, service) != ("arn", "execute-api") or not api_id or not stage:', "if False:"),
)  # fmt: skip

ENTERING = declared(
    "entering", "chalicelib/api/resource.py",
    "tests/api/test_late_tokens.py tests/api/test_api_keys.py tests/api/test_matrix_keys.py tests/api/test_auth_login.py",
    ("a token's end, kept by the gateway", 'if int(claims["exp"]) <= time.time():', "if False:"),
    ("a key's scope", "if needed not in actor.scopes:", "if False:"),
    ("what is for people", "if access.is_for_people_alone(endpoint.method, endpoint.path):", "if False:"),
    ("rate limits", "if not tightest.allowed:", "if False:"),
) + declared(
    "entering", "chalicelib/accounts/principals.py", "tests/api/test_auth_me.py tests/api/test_matrix_own.py",
    ("the status of a user", " or row.user_status != UserStatus.ACTIVE:", ":"),
) + declared(
    "entering", "migrations/sql/fn_enter.sql", "tests/api/test_auth_sessions.py tests/test_row_level_security.py",
    ("a session that was ended", "AND t.user_id = p_user AND t.revoked_at IS NOT NULL)", "AND false)"),
    ("the workspace is set", "set_config('app.workspace_id', p_workspace::text, true)",
     "set_config('app.workspace_id', '', true)"),
) + declared(
    "entering", "migrations/sql/fn_use_api_key.sql", "tests/api/test_api_keys.py",
    ("a revoked key", "AND k.revoked_at IS NULL AND", "AND"),
    ("a key that is over", "AND k.expires_at > now();", ";"),
    ("a key's one token", "AND k.token_id = p_token", ""),
)  # fmt: skip

SIGNING_IN = declared(
    "sign-in", "chalicelib/accounts/passwords.py", "tests/accounts/test_passwords.py tests/api/test_auth_login.py",
    ("bcrypt's answer", "return frozenset(each for each in stored if _is_one_of(each.encode(\"ascii\"), made))",
     "return frozenset(stored)"),
    ("checkpw's answer", "return matches and stored is not None", "return stored is not None"),
    ("no stored password", "return matches and stored is not None and", "return matches and"),
    ("bcrypt for the unknown", "salts = [own] if own in found or not found else []", "salts = [own] if own in found else []"),
    ("the pepper", "hmac.digest(pepper, text, \"sha256\")", "hmac.digest(b'', text, \"sha256\")"),
    ("every character counts", "base64.b64encode(hmac.digest(pepper, text, \"sha256\"))", "text[:72]"),
    ("the shortest", "if len(normal) < MIN_LENGTH:", "if False:"),
    ("common ones", "folded in _common() or ", ""),
    ("what others know", "if {_letters_and_digits(folded), _letters_and_digits(core)} & _known_words(about):", "if False:"),
) + declared(
    "sign-in", "migrations/sql/fn_sign_in.sql", "tests/api/test_auth_login.py",
    ("who is active", "AND u.password_hash IS NOT NULL AND u.status = 'active'", "AND u.password_hash IS NOT NULL"),
    ("the workspace", "AND (p_slug IS NULL OR w.slug = p_slug)", ""),
) + declared(
    "sign-in", "chalicelib/accounts/signing_in.py", "tests/api/test_auth_login.py tests/accounts/test_races.py",
    ("failures are counted", "        throttle.hit(tx, FAILURES, account, factor=limit_factor)\n", ""),
    ("too many failures", "    if not count.allowed:", "    if False:"),
) + declared(
    "sign-in", "chalicelib/accounts/password_change.py", "tests/api/test_auth_change.py",
    ("other sessions end", "    mail_queries.revoke_other_families(tx, workspace.id, person, token_id)\n", ""),
    ("mailed tokens end", "    mail_queries.revoke_tokens(tx, workspace.id, person)\n", ""),
)  # fmt: skip

PROVING = declared(
    "sign-in", "chalicelib/accounts/reauthentication.py", "tests/api/test_auth_change.py tests/api/test_totp_enrolment.py",
    ("the current password", 'if not verify_password(password or "", stored, keys.pepper, keys.bcrypt_cost):', "if False:"),
    ("too many failures", "    if not count.allowed:", "    if False:"),
)  # fmt: skip

SESSIONS = declared(
    "session", "chalicelib/accounts/queries.py", "tests/api/test_auth_sessions.py tests/accounts/test_races.py",
    ("a used refresh token", "AND used_at IS NULL AND revoked_at IS NULL AND expires_at > now()\n        RETURNING user_id",
     "AND revoked_at IS NULL AND expires_at > now()\n        RETURNING user_id"),
    ("a revoked refresh token", "AND used_at IS NULL AND revoked_at IS NULL AND expires_at > now()\n        RETURNING user_id",
     "AND used_at IS NULL AND expires_at > now()\n        RETURNING user_id"),
    ("a refresh token that is over", "AND used_at IS NULL AND revoked_at IS NULL AND expires_at > now()\n        RETURNING user_id",
     "AND used_at IS NULL AND revoked_at IS NULL\n        RETURNING user_id"),
) + declared(
    "session", "chalicelib/accounts/sessions.py", "tests/api/test_auth_sessions.py tests/accounts/test_races.py",
    ("a replay ends the family", "        queries.revoke_family(tx, workspace_id, user_id, owner.family_id)\n", ""),
    ("a deactivated user", "        actor = principals.enter(tx, workspace_id, user_id)\n",
     "        actor = principals.enter_system(tx, workspace_id)\n"),
    ("everywhere", "        queries.revoke_all(tx, actor.workspace.id, person)\n", ""),
    ("here", "        queries.revoke_families_of(tx, actor.workspace.id, person, token_id, digest)\n", "        return\n"),
) + declared(
    "session", "chalicelib/accounts/deactivating.py", "tests/api/test_users_change.py",
    ("the last admin", "    keep_an_admin(user, admins)\n", ""),
    ("sessions end", "    mail_queries.revoke_tokens(tx, actor.workspace.id, user_id, sessions=True)\n", ""),
) + declared(
    "session", "chalicelib/accounts/changing.py", "tests/api/test_users_change.py tests/accounts/test_races.py",
    ("the last admin", "        keep_an_admin(user, admins)\n", "        pass\n"),
    ("the own password by the back door", "        if actor.id == user.id:", "        if False:"),
    ("whoever was demoted meanwhile", "actor.user_id not in {admin.id for admin in admins}:", "False:"),
)  # fmt: skip

OPEN = "t.used_at IS NULL AND t.revoked_at IS NULL AND t.expires_at > now()"
MAILS = "tests/api/test_auth_reset.py tests/api/test_auth_verify.py tests/api/test_auth_invitations.py"

MAILED = declared(
    "mailed token", "chalicelib/accounts/one_time_tokens.py",
    "tests/api/test_auth_reset.py tests/api/test_auth_verify.py tests/api/test_auth_invitations.py",
    ("the purpose", " or owner.purpose != purpose:", ":"),
) + declared(
    "mailed token", "chalicelib/accounts/mail_queries.py", MAILS + " tests/accounts/test_one_time_races.py",
    ("used meanwhile", "      AND t.used_at IS NULL AND t.revoked_at IS NULL AND t.expires_at > now()\n    \"\"\"",
     "      AND t.revoked_at IS NULL AND t.expires_at > now()\n    \"\"\""),
    ("the status, as it is spent", "      AND person.status = :status\n", ""),
) + [
    # Read and spent by one condition, so that either alone is no hole.
    Mutant("mailed token", name, "chalicelib/accounts/mail_queries.py", OPEN, new, tuple(MAILS.split()), EVERY, 2)
    for name, new in (
        ("a used one", "t.revoked_at IS NULL AND t.expires_at > now()"),
        ("a revoked one", "t.used_at IS NULL AND t.expires_at > now()"),
        ("one that is over", "t.used_at IS NULL AND t.revoked_at IS NULL"),
    )
]  # fmt: skip

TWO_STEP = (
    "tests/api/test_totp_sign_in.py tests/api/test_totp_required.py tests/accounts/test_two_step_races.py"
)

SECOND_STEP = declared(
    "second step", "chalicelib/accounts/second_step.py", TWO_STEP,
    ("a challenge", "    if not actor.second_step.enabled:", "    if True:"),
    ("a challenge that is open", "    if not two_step_queries.is_open(tx, owner.workspace_id, owner.user_id, digest):", "    if False:"),
    ("a challenge is good once", "        two_step_queries.spend_challenge(tx, owner.workspace_id, owner.user_id, digest)\n", "        pass\n"),
    ("too many wrong codes", "        if not count.allowed:", "        if False:"),
    ("the code", "return used or _refuse(tx, actor, subject, limit_factor, wrong)", "return used or 'totp'"),
) + declared(
    "second step", "chalicelib/accounts/totp.py", TWO_STEP + " tests/accounts/test_totp.py",
    ("around now", "WINDOW = 1", "WINDOW = 20"),
    ("the code of the step", "if hmac.compare_digest(totp.generate_otp(step), typed)", "if typed"),
    ("later than the last", "next((step for step in fitting if step > used), None)", "next(iter(fitting), None)"),
) + declared(
    "second step", "chalicelib/accounts/two_step_queries.py", TWO_STEP,
    ("a used recovery code", "AND digest = :digest AND used_at IS NULL\n", "AND digest = :digest\n"),
    ("a challenge that is over", "AND digest = :digest AND expires_at > now()", "AND digest = :digest"),
) + declared(
    "second step", "chalicelib/accounts/actor.py", TWO_STEP,
    ("what a workspace requires", "return self.required and not (self.enabled or self.vouched)", "return False"),
)  # fmt: skip

EGRESS = declared(
    "egress", "chalicelib/core/vetting.py", "tests/test_egress.py",
    ("private addresses", "return not any(address in network for network in _NOT_PUBLIC_4)", "return True"),
    ("addresses in addresses", "if address not in _PUBLIC_6 or any(address in network for network in _NOT_PUBLIC_6):", "if address not in _PUBLIC_6:"),
    ("other IPv6", "if address not in _PUBLIC_6 or any(", "if any("),
    ("tunnels", "return not is_tunnel or is_public(IPv4Address(int(address) & 0xFFFFFFFF))", "return True"),
    ("names inside", 'if "." not in host or host.rpartition(".")[2] in _NAMES_INSIDE:', "if False:"),
    ("loopback", "if is_local != found.is_loopback or not (is_local or is_public(found)):", "if not (is_local or is_public(found)):"),
    ("https", 'if parts.scheme != "https" and not (is_local and parts.scheme == "http"):', "if False:"),
    ("ports", "if not is_local and port != 443 and port < LOWEST_FREE_PORT:", "if False:"),
    ("users in URLs", 'if "@" in parts.netloc or parts.fragment or "#" in url:', "if False:"),
    ("numbers for hosts", '    if _NUMBER.fullmatch(host.rpartition(".")[2]):', "    if False:"),
)  # fmt: skip

OIDC = declared(
    "ID token", "chalicelib/accounts/id_tokens.py", "tests/api/test_oidc_forged.py tests/api/test_oidc_sign_in.py",
    ("the signature", '                "require": ["aud", "exp", "iat", "iss", "sub"],', '                "require": ["aud", "exp", "iat", "iss", "sub"], "verify_signature": False,'),
    ("the algorithm", "if algorithm not in ALGORITHMS or", "if"),
    ("a key for signatures", 'and key.get("use", "sig") == "sig"', ""),
    ("a key of the algorithm", 'and key.get("alg", algorithm) == algorithm', ""),
    ("a key that is long enough", 'if getattr(key.key, "key_size", MIN_RSA_BITS) < MIN_RSA_BITS and algorithm == "RS256":', "if False:"),
    ("iss", 'if claims["iss"] != issuer:', "if False:"),
    ("aud", "if client_id not in audiences:", "if False:"),
    ("azp", 'if claims.get("azp", None if len(audiences) > 1 else client_id) != client_id:', "if False:"),
    ("exp", "if expires_at <= now - LEEWAY_SECONDS or", "if"),
    ("iat too old", " or issued_at < now - OLDEST_SECONDS - LEEWAY_SECONDS:", ":"),
    ("nbf and iat in the future", "if max(issued_at, not_before) > now + LEEWAY_SECONDS:", "if False:"),
    ("the nonce", "    _check_nonce(claims, nonce_digest)\n", ""),
    ("at_hash", '    if "at_hash" in claims:', "    if False:"),
)  # fmt: skip

OIDC_SIGN_IN = declared(
    "OIDC sign-in", "chalicelib/accounts/oidc_sign_in.py", "tests/api/test_oidc_forged.py",
    ("the binding", 'if not hmac.compare_digest(opaque_digest(binding) or b"", bytes(found.binding_digest)):', "if False:"),
    ("who answers", "if issuer != provider.issuer and (issuer is not None or provider.sends_issuer):", "if False:"),
) + declared(
    "OIDC sign-in", "chalicelib/accounts/oidc_queries.py", "tests/api/test_oidc_forged.py",
    ("a state that is used", "      AND used_at IS NULL AND expires_at > now()\n", "      AND expires_at > now()\n"),
    ("a state that is over", "      AND used_at IS NULL AND expires_at > now()\n", "      AND used_at IS NULL\n"),
) + declared(
    "OIDC sign-in", "chalicelib/accounts/oidc_claims.py", "tests/api/test_oidc_sign_in.py",
    ("a verified email", "if claims.get(provider.email_verified_claim) not in TRUE:", "if False:"),
    ("a domain", 'if provider.email_domains and email.rpartition("@")[2] not in provider.email_domains:', "if False:"),
) + declared(
    "OIDC sign-in", "chalicelib/accounts/oidc_people.py", "tests/api/test_oidc_sign_in.py tests/accounts/test_oidc_races.py",
    ("a deactivated user", "    if known.status == UserStatus.DEACTIVATED:", "    if False:"),
    ("another subject", "if not oidc_queries.identify(tx, desk.workspace.id, known.id, provider.issuer, subject):",
     "if not oidc_queries.identify(tx, desk.workspace.id, known.id, provider.issuer, subject) and False:"),
    ("the last admin", "        keep_an_admin(user, admins)\n", "        pass\n"),
    ("whom the workspace makes", "    if not provider.create_users:", "    if False:"),
)  # fmt: skip

ALL: list[Mutant] = [
    *TOKENS,
    *AUTHORIZER,
    *ENTERING,
    *SIGNING_IN,
    *PROVING,
    *SESSIONS,
    *MAILED,
    *SECOND_STEP,
    *EGRESS,
    *OIDC,
    *OIDC_SIGN_IN,
]
