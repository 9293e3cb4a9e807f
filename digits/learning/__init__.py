"""How a network learns: recipes, batches, augmentation, checkpoints, training, fine-tuning.

Hands out `Recipe` and `PRESETS` (everything that decides what a training yields), `fit` (trains a
Keras model by a recipe), `calibrate` and `finetune`. It knows nothing of files of models or the
page.
"""
