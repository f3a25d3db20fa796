/*
 * Acknowledgements: how a writer knows that its message was shown, and when it must wake somebody.
 *
 * Writer and readers share the page NAME.shown (layout.h). Its four words decide everything; events
 * only wake who sleeps, and whoever wakes looks at the words again.
 *
 *     writer that waits (holds NAME.turn)        reader
 *       take NAME.writer                           s = signals; snapshot: a new message n?
 *       acknowledge_prepare(n)                     yes: --take: take NAME.taker and
 *       acknowledge_await(n)                                 acknowledge_claim(n), else skip it
 *       publish n                                       write n to the output
 *       if acknowledge_take_sleeper():                  if acknowledge_shown(n):
 *         signals++, set the events                         set NAME.acknowledged
 *       poll acknowledge_is_pending(n)                  poll the number for a moment
 *       release NAME.writer                        no:  acknowledge_sleep()
 *       acknowledge_block(true)                         the number changed? again
 *       while acknowledge_is_pending(n):                wait on the event (s + 1) & 3
 *         wait on NAME.acknowledged
 *       acknowledge_block(false)
 *
 * Why it holds:
 *  - `awaited` names the message, and only the holder of NAME.turn sets it, so what others publish
 *    meanwhile cannot erase or forge an acknowledgement.
 *  - No lost wake-up: a writer publishes and then takes `asleep`; a reader sets `asleep` and then
 *    looks at the number again. With a full fence between the two steps on each side, one of them
 *    sees the other. The same holds for `awaited` and `waiting`.
 *  - A taker that dies after its claim has lost the message. Its writer finds out: `shown` is n,
 *    n is still awaited, and NAME.taker, which Windows releases when its owner dies, is free.
 *  - A stale event, or a flag that a dead process left, costs one more look.
 *  - `shown` is only ever raised, but for a number that is about to be published anew.
 *
 * Pure C11 and model-checked, as the latch is (message.h).
 */
#ifndef ACKNOWLEDGE_H
#define ACKNOWLEDGE_H

#include "layout.h"

/* True if the page is all zero or holds what these functions store. */
bool acknowledge_is_valid(const struct shown_page *page);

/* Makes the page say "nothing shown, nobody waits". */
void acknowledge_reset(struct shown_page *page);

/* ---- writers; NAME.writer is held for the first three ---- */

/* Before `number` is published: corrects a page that says it was shown already. That happens where
 * a mapping was created again beside an old page. */
void acknowledge_prepare(struct shown_page *page, uint32_t number);

/* Before `number` is published: its writer, which holds NAME.turn, will wait. */
void acknowledge_await(struct shown_page *page, uint32_t number);

/* After publishing: true if a reader may be asleep, so that the caller must signal. */
bool acknowledge_take_sleeper(struct shown_page *page);

/* True until a reader has acknowledged `number` or the wait was withdrawn. */
bool acknowledge_is_pending(const struct shown_page *page, uint32_t number);

/* Says whether the waiting writer is about to block. */
void acknowledge_block(struct shown_page *page, bool blocks);

/* Ends the wait for `number`. False if a reader has acknowledged it meanwhile. */
bool acknowledge_withdraw(struct shown_page *page, uint32_t number);

/* ---- readers ---- */

/* Raises `shown` to `number`. True if this call did it: then the message is the caller's alone. A
 * taker holds NAME.taker from before this call until it has acknowledged. */
bool acknowledge_claim(struct shown_page *page, uint32_t number);

/* After `number` was written to the output: acknowledges it. True if its writer is blocked, so that
 * the caller must set NAME.acknowledged. */
bool acknowledge_shown(struct shown_page *page, uint32_t number);

/* True if `number` is the latest message that was shown or taken: if it is still awaited, a taker
 * has claimed it. */
bool acknowledge_is_claimed(const struct shown_page *page, uint32_t number);

/* Before the last look and blocking: tells writers that they must signal. */
void acknowledge_sleep(struct shown_page *page);

#endif
