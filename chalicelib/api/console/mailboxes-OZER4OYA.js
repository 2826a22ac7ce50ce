import{Xa as e,Za as o}from"./chunk-YFHVTJRJ.js";function a(){return e(o,{title:"Mailboxes",children:"\u2026"})}export{a as default};
