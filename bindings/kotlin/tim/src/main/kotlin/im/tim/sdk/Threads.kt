/** How the engine's threads live in the JVM. The generated code calls this once, before the engine can call anything. */
package im.tim.sdk

import com.sun.jna.CallbackThreadInitializer
import com.sun.jna.Native

/**
 * A thread of the engine's that calls Kotlin becomes one of the JVM's once, and stays until it ends: coming and going with
 * every call is what JNA does if not told, and costs more than most calls. It is a daemon, so a program whose `main`
 * returns ends, whatever a listener is doing.
 */
internal fun adoptThreadsOfTheEngine() {
    val adopt = CallbackThreadInitializer(true, false, "tim")
    val callbacks = listOf(
        uniffiRustFutureContinuationCallbackImpl,
        uniffiCallbackInterfaceEventHandler.onEvent,
        uniffiCallbackInterfaceEventHandler.uniffiFree,
        uniffiCallbackInterfaceEventHandler.uniffiClone,
        uniffiCallbackInterfaceEventListener.onEvents,
        uniffiCallbackInterfaceEventListener.uniffiFree,
        uniffiCallbackInterfaceEventListener.uniffiClone,
        uniffiCallbackInterfaceLogSink.log,
        uniffiCallbackInterfaceLogSink.uniffiFree,
        uniffiCallbackInterfaceLogSink.uniffiClone,
        uniffiCallbackInterfaceProgressListener.onProgress,
        uniffiCallbackInterfaceProgressListener.uniffiFree,
        uniffiCallbackInterfaceProgressListener.uniffiClone,
        uniffiCallbackInterfaceUploadPlugin.upload,
        uniffiCallbackInterfaceUploadPlugin.uniffiFree,
        uniffiCallbackInterfaceUploadPlugin.uniffiClone,
    )
    callbacks.forEach { Native.setCallbackThreadInitializer(it, adopt) }
}
