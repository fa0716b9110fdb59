package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/spf13/cobra"
	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/sig-storage-lib-external-provisioner/v13/controller"
)

// driver is Google's persistent disks, which these directories stand for.
const driver = "pd.csi.storage.gke.io"

// directories makes each volume a directory of its own in root, on the one node.
type directories struct{ root, node string }

// Provision makes the directory as a new disk is: empty, and root's until the pod's fsGroup gets it.
func (d directories) Provision(_ context.Context, options controller.ProvisionOptions) (*v1.PersistentVolume, controller.ProvisioningState, error) {
	claim := options.PVC.Spec
	for _, mode := range claim.AccessModes {
		if mode == v1.ReadWriteMany {
			return nil, controller.ProvisioningFinished, errors.New("ReadWriteMany: a persistent disk is written by one node; ask for ReadWriteOnce")
		}
	}
	path := filepath.Join(d.root, options.PVName)
	if err := os.MkdirAll(path, 0o755); err != nil {
		return nil, controller.ProvisioningFinished, err
	}
	here := v1.NodeSelectorRequirement{Key: v1.LabelHostname, Operator: v1.NodeSelectorOpIn, Values: []string{d.node}}
	volume := &v1.PersistentVolume{
		ObjectMeta: metav1.ObjectMeta{Name: options.PVName},
		Spec: v1.PersistentVolumeSpec{
			PersistentVolumeReclaimPolicy: *options.StorageClass.ReclaimPolicy,
			AccessModes:                   claim.AccessModes,
			MountOptions:                  options.StorageClass.MountOptions,
			Capacity:                      v1.ResourceList{v1.ResourceStorage: claim.Resources.Requests[v1.ResourceStorage]},
			// Unlike a hostPath, it honours fsGroup.
			PersistentVolumeSource: v1.PersistentVolumeSource{Local: &v1.LocalVolumeSource{Path: path}},
			NodeAffinity: &v1.VolumeNodeAffinity{Required: &v1.NodeSelector{
				NodeSelectorTerms: []v1.NodeSelectorTerm{{MatchExpressions: []v1.NodeSelectorRequirement{here}}},
			}},
		},
	}
	return volume, controller.ProvisioningFinished, nil
}

// Delete removes the data; it is not asked to when the volume is to be retained.
func (d directories) Delete(_ context.Context, volume *v1.PersistentVolume) error {
	path := filepath.Join(d.root, volume.Name)
	if volume.Spec.Local == nil || volume.Spec.Local.Path != path {
		return &controller.IgnoredError{Reason: fmt.Sprintf("%s is not in %s", volume.Name, d.root)}
	}
	return os.RemoveAll(path)
}

func newProvisionerCommand() *cobra.Command {
	var kubeconfig, root, node string
	command := &cobra.Command{
		Use: "provisioner",
		RunE: func(command *cobra.Command, _ []string) error {
			config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
			if err != nil {
				return err
			}
			client, err := kubernetes.NewForConfig(config)
			if err != nil {
				return err
			}
			ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
			defer stop()
			controller.NewProvisionController(ctx, client, driver, directories{root, node},
				controller.LeaderElection(false),
				// Else deleting a volume before its claim would leave its data.
				controller.AddFinalizer(true),
			).Run(ctx)
			return nil
		},
	}
	command.Flags().StringVar(&kubeconfig, "kubeconfig", "", "how to reach the API server")
	command.Flags().StringVar(&root, "directory", "", "holds the volumes")
	command.Flags().StringVar(&node, "node", "", "name of the node that has the directory")
	return command
}
