import im.tim.sdk.ConversationType;
import im.tim.sdk.EventName;
import im.tim.sdk.Message;
import im.tim.sdk.Tim;
import im.tim.sdk.TimEvent;
import im.tim.sdk.TimException;
import im.tim.sdk.TimExtensions;
import im.tim.sdk.TimKt;
import im.tim.sdk.TimNames;
import im.tim.sdk.TimOptions;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * The main job from Java: alice logs in and sends bob a text. What asks the server gives a CompletableFuture.
 *
 * `script/test-kotlin` runs it against a server it has just started. Its arguments: the server, the SDKAppID, alice's and
 * bob's UserSig, a folder.
 */
public final class JavaQuickStart {
    public static void main(String[] arguments) throws Exception {
        Tim alice = create(arguments, "alice");
        Tim bob = create(arguments, "bob");

        CountDownLatch ready = new CountDownLatch(2);
        alice.once(EventName.SDK_READY, event -> ready.countDown());
        bob.once(EventName.SDK_READY, event -> ready.countDown());
        CompletableFuture<Message> heard = new CompletableFuture<>();
        bob.on(EventName.MESSAGE_RECEIVED, event -> heard.complete(((TimEvent.MessageReceived) event).getMessages().get(0)));
        must(!alice.loginAsync("alice", arguments[2]).get().getRepeatLogin());
        bob.loginAsync("bob", arguments[3]).get();
        must(ready.await(60, TimeUnit.SECONDS));

        Message hello = alice.createTextMessage("bob", ConversationType.C2C, "Hello from Java!", null);
        Message sent = alice.sendMessageAsync(hello).get();
        Message got = heard.get(60, TimeUnit.SECONDS);
        must(got.getId().equals(sent.getId()) && "Hello from Java!".equals(TimExtensions.getText(got)));
        must(got.getTo().equals("bob") && TimNames.c2c("alice").equals(got.getConversationID()));
        must(bob.getMessageListAsync(got.getConversationID()).thenApply(page -> page.getMessageList().size()).get() == 1);

        try {
            alice.getGroupProfileAsync("nowhere").get();
            must(false);
        } catch (ExecutionException why) {
            TimException refused = (TimException) why.getCause();
            System.out.println(refused.getCode() + ": " + refused.getMessage());
        }
        alice.destroyAsync().get();
        must(alice.isDestroyed());
        TimKt.shutdownAsync().get();
        System.out.println("Done: a text went from Java to Java.");
    }

    private static Tim create(String[] arguments, String name) throws TimException {
        long app = Long.parseLong(arguments[1]);
        return Tim.create(new TimOptions(app, arguments[0], arguments[4] + "/java-" + name, name));
    }

    private static void must(boolean holds) {
        if (!holds) throw new IllegalStateException("that does not hold");
    }
}
