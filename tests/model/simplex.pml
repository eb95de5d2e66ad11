/* SPDX-License-Identifier: Apache-2.0 */
/* simplex.pml - the consensus of daemon/consensus, small enough to look at every state of it.
 *
 * Four seats; one of them, BYZ, lies: it signs every vote there can be and as leader shows two
 * different blocks with any parents. Honest seats crash and restart as often as they like. Every
 * inline that a seat runs bears the name of the rule it stands for (own.c, certs.c, final.c; the
 * rows of `handlers_table` that feed it are named beside it). README.md says what is left out.
 *
 *   spin -DBYZ=1 -DVIEWS=2 [-DSHARED] -a simplex.pml; ./run does it all. */

#ifndef VIEWS
#define VIEWS 2 /* 1..VIEWS are played; who is in VIEWS + 1 is through. 2 or 3. */
#endif
#ifndef BYZ
#define BYZ 1 /* Leads the views v with v % N == BYZ. */
#endif
#define N 4
#define Q 3 /* quorum_size(4) */

/* A block is 2 * view + twin: only a leader that lies, or forgets, makes the second twin. What
 * it builds on is `parent`, as its hash would bind it. Block 0 is genesis. */
#define VIEW_OF(block) ((block) / 2)
#define BLOCKS (2 * VIEWS + 2)
#define UNMADE 255
byte parent[BLOCKS] = UNMADE;

/* Sets are bits: of blocks (notarize, finalize), of views (nullify). */
#define BIT(x) (1 << (x))
#define HAS(bits, x) (((bits) >> (x)) & 1)
#define BELOW(x) (BIT(x) - 1)
#define TWINS(v) (3 << (2 * (v))) /* Both blocks of a view. */
typedef votes { byte notarize, nullify, finalize };

/* What a seat signed stands in its journal, which a crash leaves alone, and in the network, which
 * loses nothing but may be read as late as one likes. Both are written in one step: a vote that
 * is durable and not sent yet looks to the others like one they have not read. */
votes network[N];
#define journal network

/* What a seat holds: certificates above F, with the bodies they name, ... */
typedef held { byte notarized, nullified; /* Blocks, views. */ byte view, final; };
held seat[N]; /* ... `view` (cur), and F as the finalized block. */

bool calm; /* From now on the liar is silent and nobody crashes: all must get through. */

/* Votes that exist, the liar's included, and those that can be read now. */
#define VOTES(kind, x) (HAS(network[0].kind, x) + HAS(network[1].kind, x) + \
                        HAS(network[2].kind, x) + HAS(network[3].kind, x))
#define IS_CERT(kind, x) (VOTES(kind, x) >= Q)
#define READABLE(kind, x) (VOTES(kind, x) - (calm && HAS(network[BYZ].kind, x)) >= Q)
/* FETCH, Status, a stale message, retransmission: whoever holds a certificate hands it on. */
#define ANY_SEAT(kind, x) (HAS(seat[0].kind, x) || HAS(seat[1].kind, x) || \
                           HAS(seat[2].kind, x) || HAS(seat[3].kind, x))
#define ANY_FINAL(x) (seat[0].final == (x) || seat[1].final == (x) || \
                      seat[2].final == (x) || seat[3].final == (x))

#define LEADER(v) ((v) % N)
/* own_asked; of a NOTARIZE any hash counts. */
#define ASKED_NOTARIZE(i, v) ((journal[i].notarize & TWINS(v)) != 0)
#define ASKED_NULLIFY(i, v) HAS(journal[i].nullify, v)
#define ASKED_FINALIZE(i, v) ((journal[i].finalize & TWINS(v)) != 0)
/* chain_proposal, chain_tip. SHARED: every certificate that can exist is held by whoever wants
 * it and forgotten by whoever does not, which is more than any seat could see. Else: what it took
 * in, and then the tip is the first notarized view on the way down. */
#ifdef SHARED
#define CERT_BIT(v) (IS_CERT(nullify, v) -> BIT(v) : 0)
#define NULLIFIED(i) (CERT_BIT(1) | CERT_BIT(2) | CERT_BIT(3))
#define OK(i, p) ((p) == 0 || (parent[p] != UNMADE && IS_CERT(notarize, p)))
#define NONE_ABOVE(i, p) true
#define HELD(i, v) ASKED_FINALIZE(i, v)
#else
#define NULLIFIED(i) seat[i].nullified
#define OK(i, p) ((p) == seat[i].final || HAS(seat[i].notarized, p))
#define NONE_ABOVE(i, p) \
    ((seat[i].notarized & BELOW(2 * seat[i].view) & ~BELOW(2 * VIEW_OF(p) + 2)) == 0)
#define HELD(i, v) (VIEW_OF(seat[i].final) == (v) || HAS(seat[i].nullified, v) || \
                    (seat[i].notarized & TWINS(v)) != 0)
#endif
/* A nullification of each view between block p and view v. */
#define BETWEEN(p, v) (BELOW(v) & ~BELOW(VIEW_OF(p) + 1))
#define SKIP(i, p, v) ((BETWEEN(p, v) & ~NULLIFIED(i)) == 0)
#define IS_TIP(i, p) \
    (VIEW_OF(p) < seat[i].view && OK(i, p) && SKIP(i, p, seat[i].view) && NONE_ABOVE(i, p))

/* ---- What must hold, looked at whenever there is one more vote. It speaks of every certificate
 * that anybody could ever make of the votes there are, held or not. */

hidden byte above, below, other, down; /* Within one step. */
/* Never true: a failing assertion bears their names. The last is for `run`. */
hidden byte one_chain, one_hash, on_notarized, final_or_skipped, sound, nobody_stuck, have_seen;

/* Agreement: block x lies on one chain with every other that can be final. */
#define IS_FINAL(x) (parent[x] != UNMADE && IS_CERT(finalize, x))
inline check_chain(x)
{
    other = 2;
    do
    :: other < BLOCKS && other != (x) && IS_FINAL(other) ->
        above = (VIEW_OF(other) > VIEW_OF(x) -> other : (x));
        below = (VIEW_OF(other) > VIEW_OF(x) -> (x) : other);
        do
        :: VIEW_OF(above) > VIEW_OF(below) -> above = parent[above]
        :: else -> break
        od;
        assert(above == below || one_chain);
        other++
    :: other < BLOCKS && !(other != (x) && IS_FINAL(other)) -> other++
    :: other >= BLOCKS -> break
    od
}

/* PERSIST, then SEND, then the own tally (on_persisted). */
#define CAST(i, kind, x) \
    journal[i].kind = journal[i].kind | BIT(x); \
    network[i].kind = network[i].kind | BIT(x)

inline cast_notarize(i, x)
{
    CAST(i, notarize, x);
    assert(!(IS_CERT(notarize, x) && IS_CERT(notarize, (x) ^ 1)) || one_hash);
    assert(!IS_CERT(notarize, x) || parent[x] == 0 || IS_CERT(notarize, parent[x]) || on_notarized)
}

/* ---- The rules of a seat: `drive` in consensus.c. Timers may expire at any time. */

/* EVENT_BUILT. Once per view, on the tip. */
inline own_propose(i, p)
{
    d_step {
        LEADER(seat[i].view) == i && seat[i].view <= VIEWS && IS_TIP(i, p) &&
        !ASKED_NULLIFY(i, seat[i].view) &&
        !ASKED_NOTARIZE(i, seat[i].view) &&
        parent[2 * seat[i].view + 1] == UNMADE ->
        down = 2 * seat[i].view + (parent[2 * seat[i].view] != UNMADE);
        parent[down] = p;
        cast_notarize(i, down)
    }
}

/* EVENT_PROPOSAL, EVENT_BLOCK, EVENT_VALIDATED: chain_proposal says PROPOSAL_GOOD. The liar makes
 * its block when somebody may first vote for it: sooner would change nothing. */
#define PROPOSED(i, twin) (2 * seat[i].view + twin)
#define BYZ_BUILDS(x, p) \
    (LEADER(VIEW_OF(x)) == BYZ && parent[x] == UNMADE && VIEW_OF(p) < VIEW_OF(x) && \
     ((p) == 0 || parent[p] != UNMADE) && (((x) & 1) == 0 || parent[(x) ^ 1] != UNMADE))
inline own_notarize(i, twin, p)
{
    d_step {
        seat[i].view <= VIEWS &&
        !(calm && LEADER(seat[i].view) == BYZ) && /* Else the liar would be of help. */
        !ASKED_NULLIFY(i, seat[i].view) &&
        !ASKED_NOTARIZE(i, seat[i].view) &&
        (parent[PROPOSED(i, twin)] == (p) || BYZ_BUILDS(PROPOSED(i, twin), p)) &&
        OK(i, p) &&
        SKIP(i, p, seat[i].view) ->
        parent[PROPOSED(i, twin)] = p;
        cast_notarize(i, PROPOSED(i, twin))
    }
}
#define own_notarize_first(i, p) own_notarize(i, 0, p)
#define own_notarize_second(i, p) own_notarize(i, 1, p)

/* EVENT_TICK: a timer, or nullify_hopeless. Allowed after an own NOTARIZE. */
inline own_nullify(i)
{
    d_step {
        seat[i].view <= VIEWS &&
        !ASKED_NULLIFY(i, seat[i].view) &&
        !ASKED_FINALIZE(i, seat[i].view) ->
        CAST(i, nullify, seat[i].view);
        assert(!(IS_CERT(nullify, seat[i].view) &&
                 (IS_FINAL(2 * seat[i].view) || IS_FINAL(2 * seat[i].view + 1))) ||
               final_or_skipped)
    }
}

/* Runs in the step that brings the notarization; a body that comes late is a certificate that
 * comes late. */
inline own_finalize(i, x)
{
    if
    :: VIEW_OF(x) < seat[i].view &&
       !ASKED_NULLIFY(i, VIEW_OF(x)) &&
       !ASKED_FINALIZE(i, VIEW_OF(x)) ->
        CAST(i, finalize, x);
        if
        :: IS_CERT(finalize, x) ->
            assert(!IS_CERT(nullify, VIEW_OF(x)) || final_or_skipped);
            check_chain(x)
        :: else
        fi
    :: else
    fi
}

/* Both notarization and nullification advance. */
inline certs_enter(i, v)
{
    if
    :: seat[i].view < v -> seat[i].view = v
    :: else
    fi
}

/* EVENT_VOTE, EVENT_PERSISTED: q votes counted; or EVENT_CERT (certs_take): from a holder. */
#ifdef SHARED
inline certs_certify_notarize(i, x)
{
    d_step {
        parent[x] != UNMADE && IS_CERT(notarize, x) &&
        (seat[i].view <= VIEW_OF(x) ||
         (!ASKED_NULLIFY(i, VIEW_OF(x)) && !ASKED_FINALIZE(i, VIEW_OF(x)))) ->
        certs_enter(i, VIEW_OF(x) + 1);
        own_finalize(i, x)
    }
}
inline certs_certify_nullify(i, v)
{
    d_step {
        IS_CERT(nullify, v) && seat[i].view <= v ->
        certs_enter(i, v + 1)
    }
}
#else
inline certs_certify_notarize(i, x)
{
    d_step {
        !HAS(seat[i].notarized, x) && VIEW_OF(x) > VIEW_OF(seat[i].final) &&
        (READABLE(notarize, x) || ANY_SEAT(notarized, x)) ->
        assert(!HAS(seat[i].notarized, (x) ^ 1) || sound); /* HALT_CONFLICTING_CERTS */
        seat[i].notarized = seat[i].notarized | BIT(x);
        certs_enter(i, VIEW_OF(x) + 1);
        own_finalize(i, x)
    }
}

inline certs_certify_nullify(i, v)
{
    d_step {
        !HAS(seat[i].nullified, v) && v > VIEW_OF(seat[i].final) &&
        seat[i].view <= VIEWS && /* Else of no use to it: fewer states. */
        (READABLE(nullify, v) || ANY_SEAT(nullified, v)) ->
        seat[i].nullified = seat[i].nullified | BIT(v);
        certs_enter(i, v + 1)
    }
}

/* F = v: what lies at or below it is dropped, and is not voted in any more. */
inline final_take(i, x)
{
    d_step {
        VIEW_OF(x) > VIEW_OF(seat[i].final) && (READABLE(finalize, x) || ANY_FINAL(x)) ->
        assert(!HAS(seat[i].nullified, VIEW_OF(x)) && !HAS(seat[i].notarized, (x) ^ 1) ||
               sound);
        seat[i].final = x;
        seat[i].notarized = seat[i].notarized & ~BELOW(2 * VIEW_OF(x) + 2);
        seat[i].nullified = seat[i].nullified & ~BELOW(VIEW_OF(x) + 1);
        certs_enter(i, VIEW_OF(x) + 1)
    }
}
#endif

/* consensus_restore_vote, consensus_restore_cert: the journal stays. Certificates are synced at the
 * latest with a vote that depends on them, so those below the last vote stay, and notarizations
 * answered with FINALIZE; all others may be lost. cur: above what is held, not below a vote. */
#define VOTED(i, v) (ASKED_NOTARIZE(i, v) || ASKED_NULLIFY(i, v))
#define LED_TO(i, v) ((v) == 1 || VOTED(i, v) || HELD(i, (v) - 1))
inline restart(i)
{
    d_step {
        !calm ->
        down = seat[i].view;
        do
        :: down > 0 && !VOTED(i, down) -> down--
        :: else -> break
        od;
        seat[i].nullified = seat[i].nullified & BELOW(down);
        seat[i].notarized = seat[i].notarized & (BELOW(2 * down) | journal[i].finalize);
        do
        :: !LED_TO(i, seat[i].view) -> seat[i].view--
        :: else -> break
        od;
        down = 0 /* A d_step cannot end in a loop. */
    }
}

/* ---- Everybody, from the view each is in to what it may do next. */

#if VIEWS == 2
#define EACH_BLOCK(rule) :: rule(i, 2) :: rule(i, 3) :: rule(i, 4) :: rule(i, 5)
#define EACH_VIEW(rule) :: rule(i, 1) :: rule(i, 2)
#else
#define EACH_BLOCK(rule) :: rule(i, 2) :: rule(i, 3) :: rule(i, 4) :: rule(i, 5) \
                         :: rule(i, 6) :: rule(i, 7)
#define EACH_VIEW(rule) :: rule(i, 1) :: rule(i, 2) :: rule(i, 3)
#endif

proctype orderer(byte i)
{
end:
    do
    :: own_propose(i, 0)
    EACH_BLOCK(own_propose)
    :: own_notarize(i, 0, 0)
    EACH_BLOCK(own_notarize_first)
    :: own_notarize(i, 1, 0)
    EACH_BLOCK(own_notarize_second)
    :: own_nullify(i)
    EACH_BLOCK(certs_certify_notarize)
    EACH_VIEW(certs_certify_nullify)
#ifndef SHARED
    EACH_BLOCK(final_take)
#endif
    :: restart(i)
    od
}

#ifndef SHARED
proctype storm_ends()
{
    calm = true
}

/* Nobody can do anything any more, which the liar and crashes put off until `calm`: then all
 * honest seats have got through. As every step from there on only adds, each run ends so. */
#define THROUGH(i) ((i) == BYZ || seat[i].view > VIEWS)
proctype no_deadlock()
{
    timeout -> assert(THROUGH(0) && THROUGH(1) && THROUGH(2) && THROUGH(3) || nobody_stuck)
}
#endif

init
{
    d_step {
        seat[0].view = 1; seat[1].view = 1; seat[2].view = 1; seat[3].view = 1;
        network[BYZ].notarize = BELOW(BLOCKS);
        network[BYZ].nullify = BELOW(VIEWS + 1);
        network[BYZ].finalize = BELOW(BLOCKS)
    }
    atomic {
        run orderer((BYZ + 1) % N);
        run orderer((BYZ + 2) % N);
        run orderer((BYZ + 3) % N);
#ifndef SHARED
        run storm_ends();
        run no_deadlock()
#endif
    }
}
