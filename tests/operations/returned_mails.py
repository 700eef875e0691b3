"""Delivery reports as mail servers write them, about a mail of ours."""

from email import message_from_bytes, policy
from email.message import EmailMessage

POSTFIX = """\
Return-Path: <>
Received: by mx.lumen.example (Postfix)
	id 4F0C52A0; Tue, 17 Nov 2026 10:00:04 +0100 (CET)
Date: Tue, 17 Nov 2026 10:00:04 +0100 (CET)
From: MAILER-DAEMON@mx.lumen.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: symetrie@lumen.example
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
	boundary="4D3F12A1.1763370004/mx.lumen.example"
Message-Id: <20261117090004.4F0C52A0@mx.lumen.example>

This is a MIME-encapsulated message.

--4D3F12A1.1763370004/mx.lumen.example
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.lumen.example.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients.

<{to}>: host mail.lumen.example[192.0.2.25] said: {code} {status}
    <{to}>: Recipient address rejected (in reply to RCPT TO command)

--4D3F12A1.1763370004/mx.lumen.example
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.lumen.example
X-Postfix-Queue-ID: 4D3F12A1
X-Postfix-Sender: rfc822; symetrie@lumen.example
Arrival-Date: Tue, 17 Nov 2026 10:00:03 +0100 (CET)

Final-Recipient: rfc822; {to}
Original-Recipient: rfc822;{to}
Action: {action}
Status: {status}
Remote-MTA: dns; mail.lumen.example
Diagnostic-Code: smtp; {code} {status} <{to}>: Recipient address rejected

--4D3F12A1.1763370004/mx.lumen.example
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers

Return-Path: <symetrie@lumen.example>
Content-Type: multipart/alternative; boundary="===============1=="
MIME-Version: 1.0
Subject: =?utf-8?q?A=C3=A9ris_=3A_comment_=C3=A7a_va_=3F?=
From: symetrie@lumen.example
To: {to}
Date: Tue, 17 Nov 2026 09:00:03 -0000
Message-ID: {id}
Auto-Submitted: auto-generated

--4D3F12A1.1763370004/mx.lumen.example--
"""

# The whole mail comes back; its id on a line of its own, as some servers fold it.
EXCHANGE = """\
From: postmaster@lumen.example
To: symetrie@lumen.example
Date: Tue, 17 Nov 2026 09:00:09 +0000
Content-Type: multipart/report; report-type="delivery-status";
	boundary="_f3b1e2a0-6c1f-4a27-9d5b-4f2d7a1c9e10_"
Message-ID: <9d5b4f2d@PR0P264MB0001.FRAP264.PROD.OUTLOOK.COM>
In-Reply-To: {id}
References: {id}
Subject: =?utf-8?B?Tm9uIHJlbWlz?=: =?utf-8?B?QcOpcmlz?=
Auto-Submitted: auto-replied

--_f3b1e2a0-6c1f-4a27-9d5b-4f2d7a1c9e10_
Content-Type: multipart/alternative; differences=Content-Type;
	boundary="_inner_"

--_inner_
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: base64

Vm90cmUgbWVzc2FnZSBuJ2EgcGFzIMOpdMOpIHJlbWlzLg==

--_inner_--

--_f3b1e2a0-6c1f-4a27-9d5b-4f2d7a1c9e10_
Content-Type: message/delivery-status

Reporting-MTA: dns;PR0P264MB0001.FRAP264.PROD.OUTLOOK.COM
Received-From-MTA: dns;mail-out.example.org
Arrival-Date: Tue, 17 Nov 2026 09:00:08 +0000

Final-Recipient: rfc822;{to}
Action: {action}
Status: {status}
Diagnostic-Code: smtp;{code} {status} RESOLVER.ADR.RecipientNotFound; Recipient not found
X-Display-Name: {to}

--_f3b1e2a0-6c1f-4a27-9d5b-4f2d7a1c9e10_
Content-Type: message/rfc822

Received: from PR0P264CA0001 by PR0P264MB0001; Tue, 17 Nov 2026 09:00:08 +0000
From: <symetrie@lumen.example>
To: <{to}>
Subject: =?utf-8?B?QcOpcmlz?=
Message-ID:
	{id}
MIME-Version: 1.0
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: base64

Qm9uam91cg==

--_f3b1e2a0-6c1f-4a27-9d5b-4f2d7a1c9e10_--
"""

GMAIL = """\
Return-Path: <>
X-Google-Smtp-Source: AGHT+IEexample
From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>
To: symetrie@lumen.example
Auto-Submitted: auto-replied
Subject: Delivery Status Notification (Failure)
References: {id}
In-Reply-To: {id}
X-Failed-Recipients: {to}
Message-ID: <673a0c1d.050a0220.1.GMR@mx.google.com>
Date: Tue, 17 Nov 2026 01:00:13 -0800 (PST)
Content-Type: multipart/report; boundary="000000000000c5b2a1"; report-type=delivery-status

--000000000000c5b2a1
Content-Type: multipart/related; boundary="000000000000c5b2b4"

--000000000000c5b2b4
Content-Type: text/plain; charset="UTF-8"

** Address not found **

Your message wasn't delivered to {to}.

--000000000000c5b2b4--
--000000000000c5b2a1
Content-Type: message/delivery-status

Reporting-MTA: dns; googlemail.com
Arrival-Date: Tue, 17 Nov 2026 01:00:12 -0800 (PST)

Final-Recipient: rfc822; {to}
Action: {action}
Status: {status}
Remote-MTA: dns; gmail-smtp-in.l.google.com. (192.0.2.26, the server for the domain.)
Diagnostic-Code: smtp; {code}-{status} The email account that you tried to reach does not exist.
Last-Attempt-Date: Tue, 17 Nov 2026 01:00:13 -0800 (PST)

--000000000000c5b2a1
Content-Type: message/rfc822

X-Gm-Message-State: AOJu0Yexample
Message-ID: {id}
From: symetrie@lumen.example
To: {to}
Subject: test

----- Message truncated -----

--000000000000c5b2a1--
"""
SERVERS = {"postfix": POSTFIX, "exchange": EXCHANGE, "gmail": GMAIL}

OUT_OF_OFFICE = """\
From: Zoé <{to}>
To: symetrie@lumen.example
Subject: =?utf-8?q?R=C3=A9ponse_automatique_=3A_A=C3=A9ris?=
Auto-Submitted: auto-replied
X-Auto-Response-Suppress: All
In-Reply-To: {id}
References: {id}
Content-Type: text/plain; charset=utf-8

Je suis absente jusqu'au 24. Status: 5.1.1 Action: failed
"""


def report(
    message_id: str, to: str, *, status: str = "5.1.1", server: str = "postfix",
    action: str = "failed",
) -> bytes:  # fmt: skip
    """A report of that server about that mail."""
    text = SERVERS[server].format(
        id=message_id, to=to, status=status, code=f"{status[0]}50", action=action
    )
    return text.encode()


def wrapped(data: bytes) -> bytes:
    """The same, forwarded by somebody as an attachment."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "a@lumen.example", "b@lumen.example", "Fwd"
    made.set_content("see below")
    made.add_attachment(message_from_bytes(data, policy=policy.default))
    return made.as_bytes()
