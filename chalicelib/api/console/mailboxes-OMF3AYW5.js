import{ab as e,cb as o}from"./chunk-QKDOG3YL.js";function a(){return e(o,{title:"Mailboxes",children:"\u2026"})}export{a as default};
