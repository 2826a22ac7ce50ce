import{lb as t,nb as e}from"./chunk-X3ZK6FCR.js";function n(){return t(e,{title:"Integrations",children:"\u2026"})}export{n as default};
