/** What a host's code may do while pictures are on their way: in its own upload plugin, and where it is told of progress. */
package im.tim.sdk

import java.io.File
import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.CountDownLatch
import java.util.concurrent.atomic.AtomicInteger
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertIs
import kotlin.test.assertNull
import kotlin.test.assertTrue
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.runBlocking

class TransferTest {
    @Test
    fun anUploadPluginTakesTheEnginesPlace() = story {
        val (alice, bob) = listOf(ready("alice"), ready("bob"))
        val told = CopyOnWriteArrayList<Int>()
        alice.tim.registerPlugin { file, progress ->
            assertTrue(File(file.path).length() > 0)
            listOf(25, 75, 400).forEach(progress::report)
            runBlocking { alice.tim.getConversationList() } // It may block and call the engine.
            elsewhere
        }
        alice.tim.sendMessage(alice.tim.createImageMessage(bob.name, ConversationType.C2C, picture(8, 8)) { told += it })
        assertEquals(elsewhere.renditions, bob.nextMessage().image?.imageInfoArray)
        assertEquals(listOf(25, 75), told.filter { it in listOf(25, 75) })
        assertEquals(100, told.last())
    }

    @Test
    fun anUploadPluginThatThrowsFailsItsMessageAlone() = story {
        val (alice, bob) = listOf(ready("alice"), ready("bob"))
        var thrown: Throwable = TimException.Refused(12_345, "my storage is closed")
        alice.tim.registerPlugin { _, _ -> throw thrown }

        val own = assertFailsWith<TimException> { alice.showPicture(bob) }
        assertEquals(12_345 to "my storage is closed", own.code to own.message)
        thrown = IllegalStateException("a fault")
        assertTrue("a fault" in assertFailsWith<TimException> { alice.showPicture(bob) }.message)
        thrown = AssertionError("worse")
        assertTrue("worse" in assertFailsWith<TimException> { alice.showPicture(bob) }.message)
        assertEquals("still here", alice.say(bob, "still here").text)
    }

    @Test
    fun aPictureThatHasNotLeftIsTakenBack() = story {
        val (alice, bob) = listOf(ready("alice"), ready("bob"))
        val (begun, goOn) = CompletableDeferred<Unit>() to CountDownLatch(1)
        alice.tim.registerPlugin { _, _ ->
            begun.complete(Unit)
            goOn.await()
            elsewhere
        }
        val regretted = alice.tim.createImageMessage(bob.name, ConversationType.C2C, picture(8, 8))
        coroutineScope {
            val sending = async { assertFailsWith<TimException.NotReady> { alice.tim.sendMessage(regretted) } }
            begun.await()
            alice.tim.cancelMessage(regretted)
            assertEquals(TimCode.CANCELLED, sending.await().code)
        }
        goOn.countDown()
        val sent = alice.say(bob, "I would have shown you something")
        // Alice is answered before bob hears of it.
        bob.nextMessage()
        assertEquals(listOf(sent.id), bob.tim.getMessageList(c2c(alice.name)).messageList.map { it.id })
        val late = assertFailsWith<TimException.Refused> { alice.tim.cancelMessage(sent) }
        assertEquals(TimCode.NOTHING_TO_CANCEL, late.code)
    }

    /** One that ends before it can be cancelled is whole: then the next one is tried. */
    @Test
    fun aDownloadIsCancelledAndLeavesNothing() = story {
        val (alice, bob) = listOf(ready("alice"), ready("bob"))
        alice.tim.sendMessage(alice.tim.createImageMessage(bob.name, ConversationType.C2C, picture(640, 480)))
        val (got, target) = bob.nextMessage() to bob.folder.resolve("picture.png")
        coroutineScope {
            do {
                val loading = async(start = CoroutineStart.UNDISPATCHED) { runCatching { bob.tim.downloadAttachment(got, target.path) } }
                val cancelled = runCatching { bob.tim.cancelDownload(target.path) }
                val failure = loading.await().exceptionOrNull()
                if (cancelled.isSuccess) {
                    assertEquals(TimCode.CANCELLED, assertIs<TimException.NotReady>(failure).code)
                    assertFalse(target.exists())
                } else {
                    assertEquals(TimCode.NOTHING_TO_CANCEL, assertIs<TimException.Refused>(cancelled.exceptionOrNull()).code)
                    assertNull(failure)
                    target.delete()
                }
            } while (cancelled.isFailure)
        }
    }

    @Test
    fun anUploadPluginOfTheHostsOwnMayThrowAnError() = story {
        val (alice, bob) = listOf(ready("alice"), ready("bob"))
        alice.tim.registerPlugin(object : UploadPlugin {
            override fun upload(file: UploadFile, progress: UploadProgress): Uploaded {
                progress.report(50)
                throw AssertionError("worst")
            }
        })
        val percents = CopyOnWriteArrayList<Int>()
        val listener = object : ProgressListener {
            override fun onProgress(percent: Int) = percents.add(percent).let {}
        }
        val message = alice.tim.createImageMessageFromBytes(bob.name, ConversationType.C2C, picture(8, 8), onProgress = listener)
        val reported = reportedByJna {
            assertTrue("worst" in assertFailsWith<TimException> { alice.tim.sendMessage(message) }.message)
        }
        assertEquals(emptyList(), reported)
        assertEquals(listOf(50), percents)
        assertEquals("still here", alice.say(bob, "still here").text)
    }

    @Test
    fun anUploadPluginMayBlockAndTakeItsLeave() = story {
        val (alice, bob, carol) = listOf(ready("alice"), ready("bob"), ready("carol"))
        val (begun, goOn) = CompletableDeferred<Unit>() to CountDownLatch(1)
        val uploads = AtomicInteger()
        alice.tim.registerPlugin { _, _ ->
            begun.complete(Unit)
            goOn.await()
            alice.tim.registerPlugin { _, _ -> elsewhere.also { uploads.incrementAndGet() } }
            elsewhere
        }
        coroutineScope {
            val first = async { alice.showPicture(bob) }
            begun.await()
            assertEquals(SendStatus.SUCCESS, alice.say(carol, "this need not wait").status)
            goOn.countDown()
            assertEquals(SendStatus.SUCCESS, first.await().status)
        }
        assertEquals(0, uploads.get())
        alice.showPicture(bob)
        assertEquals(1, uploads.get())
    }

    @Test
    fun aTransferGoesOnWhateverIsThrownAtItsProgress() = story {
        val (alice, bob) = listOf(ready("alice"), ready("bob"))
        val target = bob.folder.resolve("picture.png")
        val reported = reportedByJna {
            for (thrown in listOf(IllegalStateException("no bar"), AssertionError("no bar at all"))) {
                assertEquals(SendStatus.SUCCESS, alice.showPicture(bob) { throw thrown }.status)
                bob.tim.downloadAttachment(bob.nextMessage(), target.path) { throw thrown }
                assertTrue(target.delete())
            }
        }
        assertEquals(emptyList(), reported)
    }

    @Test
    fun aProgressListenerMayBlockAndCallTheEngine() = story {
        val (alice, bob) = listOf(ready("alice"), ready("bob"))
        val (begun, goOn) = CompletableDeferred<Unit>() to CountDownLatch(1)
        coroutineScope {
            val sent = async {
                alice.showPicture(bob) {
                    begun.complete(Unit)
                    goOn.await()
                    runBlocking { alice.tim.getConversationList() }
                }
            }
            begun.await()
            assertEquals(alice.name, alice.tim.getMyProfile().userID)
            goOn.countDown()
            assertEquals(SendStatus.SUCCESS, sent.await().status)
        }
    }
}

internal suspend fun Person.showPicture(to: Person, onProgress: (Int) -> Unit = {}): Message =
    tim.sendMessage(tim.createImageMessage(to.name, ConversationType.C2C, picture(64, 64), onProgress = onProgress))

/** A picture that somebody else keeps. */
private val elsewhere = Uploaded(
    uuid = "0198c2f4-5a52-7c3e-8a3f-3f6f4f0a7b11",
    renditions = listOf(RenditionType.ORIGINAL, RenditionType.THUMB, RenditionType.LARGE)
        .map { Rendition(it, size = 70, width = 8, height = 8, url = "https://pictures.example/8.png") },
)
