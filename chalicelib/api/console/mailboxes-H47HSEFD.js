import{lb as e,nb as o}from"./chunk-X3ZK6FCR.js";function a(){return e(o,{title:"Mailboxes",children:"\u2026"})}export{a as default};
