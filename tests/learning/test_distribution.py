"""Training on several devices: the same result where Keras can, a clear line where it cannot.

In a process of its own, since a process's devices are fixed once TensorFlow has started.
"""

from command_line import ROOT, run

SCRIPT = """
import keras, numpy as np, tensorflow as tf

two = [tf.config.LogicalDeviceConfiguration()] * 2
tf.config.set_logical_device_configuration(tf.config.list_physical_devices("CPU")[0], two)

from digits import DigitClassifier, DigitsError
from digits.data.corpus import synthetic_digits

several = tf.distribute.MultiWorkerMirroredStrategy()  # has to come before anything is computed
mirrored = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
data = synthetic_digits(300, seed=1)

def trained(strategy):
    keras.utils.set_random_seed(0)
    classifier = DigitClassifier.build("mlp")
    # The images are varied before the strategy deals them out: as they are, they are ready sooner.
    settings = {"epochs": 2, "batch_size": 50, "augmentation": None, "verbose": 0}
    classifier.train(data, data, strategy=strategy, **settings)
    return classifier.model.get_weights()

pairs = zip(trained(None), trained(mirrored), strict=True)
print(mirrored.num_replicas_in_sync, max(np.abs(one - other).max() for one, other in pairs) < 1e-4)
try:
    trained(several)
except DigitsError as error:
    print(error)
"""


def test_two_devices_train_the_same_network_as_one():
    _, printed, err = run(python=("-c", SCRIPT), folder=ROOT)
    assert printed.splitlines() == [
        "2 True",
        "Keras 3 cannot train over several machines with MultiWorkerMirroredStrategy: "
        "use tf.distribute.MirroredStrategy, for the graphics cards of one machine",
    ], err
