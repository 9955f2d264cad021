"""Preflight: what an org lacks for what is switched on, found before a call fails (E7, E8, M7, N2).

``service`` runs it and keeps the answer, ``rights`` is the table of rights and permission sets,
``reading`` asks the org, ``checks`` and ``granted`` judge, ``words`` writes it down for a ticket.
"""
