import{nb as e,pb as o}from"./chunk-2HKTDHLI.js";function a(){return e(o,{title:"Mailboxes",children:"\u2026"})}export{a as default};
